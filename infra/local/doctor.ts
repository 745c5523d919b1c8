import { Deadline } from 'rostbeef-layer';
import { examine } from '../../functions/operations/doctor/examine.ts';
import { reportText } from './doctor-text.ts';
import { commandLine, UsageError } from './options.ts';
import { shellSettings } from './settings.ts';

const usage = `Usage: npm run doctor [-- --json]

Examines the way from here to ejabberd, with the settings that the functions have (EJABBERD_…, AWS_…),
and changes nothing. Says what is wrong, and the lines of ejabberd.yml that fix it.

  --json   print the report as JSON
  --help   print this

Ends with status 0 if all checks pass, else 1.`;

/** Longer than the limits of all checks together. */
const DEADLINE_MS = 60_000;

/** The connections of three busy functions. */
const CONNECTIONS = 32;

async function main(): Promise<number> {
  const { json = false, help = false } = commandLine(process.argv.slice(2), {
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  });
  if (help) {
    console.log(usage);
    return 0;
  }
  const { environment, issues, warnings } = shellSettings(process.env);
  for (const warning of warnings) console.error(warning);
  const deadline = new Deadline(DEADLINE_MS);
  try {
    const report = await examine({ environment, issues, deadline, connections: CONNECTIONS });
    console.log(json ? JSON.stringify(report, null, 2) : reportText(report));
    return report.healthy ? 0 : 1;
  } finally {
    deadline.end();
  }
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof UsageError ? `${error.message} See npm run doctor -- --help.` : error);
    process.exitCode = 1;
  },
);
