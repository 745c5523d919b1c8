import { Deadline } from 'rostbeef-layer';
import { examine } from '../../functions/operations/doctor/examine.ts';
import { runCommand } from '../command/command.ts';
import { reportText } from './doctor-text.ts';
import { shellSettings } from './settings.ts';

/** Longer than the limits of all checks together. */
const DEADLINE_MS = 60_000;

/** The connections of three busy functions. */
const CONNECTIONS = 32;

async function main(json: boolean): Promise<number> {
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

await runCommand(
  {
    name: 'npm run doctor',
    summary:
      'Examines the way from here to ejabberd, with the settings that the functions have (EJABBERD_…, AWS_…), and changes ' +
      'nothing. Says what is wrong, and the lines of ejabberd.yml that fix it.',
    options: { json: { type: 'boolean', help: 'print the report as JSON' } },
    notes: 'Ends with status 0 if all checks pass, 1 if one fails, 2 if the command line is wrong.',
    example: '--json',
  },
  ({ values: { json = false } }) => main(json),
);
