import { catalogue, type Issue } from 'rostbeef-layer';
import { build } from '../build.ts';
import { runCommand } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { type AwsCredentials, awsCredentials, withoutCredentials } from './aws-credentials.ts';
import { curl } from './curl.ts';
import { DEMO_USERS, startClassicDemo, startDemo } from './embedded/demo.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { type Options, optionsOf, START } from './options.ts';
import { demandValid, shellSettings } from './settings.ts';
import { type Answered, answeredLine, loggedLine } from './terminal-lines.ts';
import { wayProblem } from './way.ts';

/** The ejabberd that the functions talk to. */
interface Server {
  readonly description: string;
  /** A condition of the suggested commands. */
  readonly hint: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Finds the AWS credentials of a function, if its settings need some. */
  readonly credentials?: (() => Promise<AwsCredentials>) | undefined;
  /** Whether a link may name groups. */
  readonly hasGroups: boolean;
  /** The users of the embedded server. */
  readonly demo?: { readonly users: readonly string[] };
  stop(): Promise<void>;
}

async function main({ port, dialect, idempotency, verbose }: Options): Promise<undefined> {
  const settings = settingsOf(process.env, dialect);
  const server = await openServer(settings);
  const { functions } = await build();
  const log = (name: string, line: string): void => {
    const text = verbose ? `${name}  ${line}` : loggedLine(name, line);
    if (text !== undefined) console.error(text);
  };
  const answered = (call: Answered): void => console.error(answeredLine(call));
  const table = idempotency ? await startTable() : undefined;
  const { credentials, demo } = server;
  const environment = { ...server.environment, ...table?.environment };
  const gateway = await startGateway({ port, functions, environment, credentials, demo, log, answered }).catch(
    async (error: unknown) => {
      await Promise.all([server.stop(), table?.stop()]);
      throw listenFailure(error);
    },
  );

  const stop = (): Promise<never> =>
    Promise.all([gateway.stop(), server.stop(), table?.stop()]).then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  onceOrphaned(stop);
  console.log(greeting(gateway, server, idempotency));
  const problem = demo === undefined ? await wayProblem(environment) : undefined;
  if (problem !== undefined) console.error(problem);
  return undefined;
}

/** DynamoDB is loaded only if it is asked for. */
async function startTable() {
  const { startIdempotencyTable } = await import('./idempotency-table.ts');
  return startIdempotencyTable();
}

/** The process that started this one. The id changes when that process ends. */
const parent = process.ppid;

/** npm runs a script through a shell. A SIGTERM to npm ends the shell and does not reach this process. */
function onceOrphaned(stop: () => void): void {
  const { npm_lifecycle_event } = process.env;
  if (!npm_lifecycle_event) return;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 250);
}

/** Replaces the URL of the embedded server while the settings are checked. */
const EMBEDDED_URL = 'http://127.0.0.1/';

/** Returns the settings of the functions. @throws SettingsError */
function settingsOf(shell: NodeJS.ProcessEnv, dialect: string | undefined): Readonly<Record<string, string>> {
  const { environment, issues, warnings } = shellSettings(shell);
  for (const warning of warnings) console.error(warning);
  const settings: Record<string, string> = {
    ...environment,
    ...(dialect !== undefined && { EJABBERD_DIALECT: dialect }),
  };
  if (settings['EJABBERD_URL']) demandValid(settings, issues);
  else demandValid({ ...settings, EJABBERD_URL: EMBEDDED_URL }, [...issues, ...serverIssues(settings)]);
  return settings;
}

/** The embedded server has no credentials, so a secret requires another server. */
function serverIssues(settings: Readonly<Record<string, string>>): readonly Issue[] {
  if (!settings['EJABBERD_SECRET_ARN']) return [];
  return [{ path: 'EJABBERD_URL', message: 'is required if EJABBERD_SECRET_ARN is set' }];
}

async function openServer(settings: Readonly<Record<string, string>>): Promise<Server> {
  const { EJABBERD_URL, EJABBERD_DIALECT } = settings;
  const isClassic = EJABBERD_DIALECT === 'rostbeef';
  const hasGroups = !isClassic;
  if (EJABBERD_URL) {
    const hint = ' (with users that your server has)';
    const credentials = callsAws(settings) ? await awsCredentials() : undefined;
    // Reports missing credentials at the start, and not at the first call.
    await credentials?.();
    const environment = withoutCredentials(settings);
    return { description: shown(EJABBERD_URL), hint, environment, credentials, hasGroups, stop: async () => {} };
  }
  const demo = await (isClassic ? startClassicDemo() : startDemo());
  const played = isClassic ? ' that plays mod_rostbeef of 2008' : '';
  return {
    description: `an embedded server in memory${played}, at ${demo.url} (set EJABBERD_URL for one of your own)`,
    hint: '',
    environment: { ...settings, EJABBERD_URL: demo.url },
    hasGroups,
    demo: { users: DEMO_USERS },
    stop: () => demo.stop(),
  };
}

/** Whether functions with these settings call an AWS service. */
function callsAws(settings: Readonly<Record<string, string>>): boolean {
  const { EJABBERD_DIALECT, EJABBERD_IDEMPOTENCY_TABLE, EJABBERD_SECRET_ARN } = settings;
  return Boolean(EJABBERD_IDEMPOTENCY_TABLE || (EJABBERD_SECRET_ARN && EJABBERD_DIALECT !== 'rostbeef'));
}

function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function greeting({ url }: Gateway, { description, hint, hasGroups }: Server, keepsKeys: boolean): string {
  const tries = ['get_roster_with_presence', 'link_contacts', 'send_stanza'].map((name) => {
    const method = catalogue.find((candidate) => candidate.name === name);
    if (method === undefined) return '';
    const input = Object.entries(method.example.input ?? {}).filter(([member]) => hasGroups || !/^group/.test(member));
    const keyed = keepsKeys && name === 'send_stanza' ? { idempotencyKey: 'try-me' } : {};
    const once = keepsKeys && name === 'send_stanza' ? ' once, however often you repeat this' : '';
    return `  # ${method.summary}${once}\n  ${curl(url, method, { ...Object.fromEntries(input), ...keyed })}\n`;
  });
  return `
The ${catalogue.length} functions listen at ${url}
and talk to ${description}.

Try${hint}:

${tries.join('\n')}
Page: ${url}/   Reference: ${url}/reference   OpenAPI: ${url}/openapi.json   Invoke API: --endpoint-url ${url}

This gateway checks no authorization. Ctrl-C stops it.
`;
}

function listenFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || error.syscall !== 'listen') return error;
  return new CommandError(`${error.message}: choose another port with npm start -- --port <port>.`);
}

await runCommand(START, (given) => main(optionsOf(given, process.env)));
