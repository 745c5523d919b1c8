import { catalogue } from 'rostbeef-layer';
import { build } from '../build.ts';
import { type AwsCredentials, AwsCredentialsError, awsCredentials, withoutCredentials } from './aws-credentials.ts';
import { curl } from './curl.ts';
import { startClassicDemo, startDemo } from './embedded/demo.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { terminalLine } from './log-line.ts';
import { readOptions, UsageError, usage } from './options.ts';

/** The ejabberd that the functions talk to. */
interface Server {
  readonly description: string;
  /** What to know before trying the commands. */
  readonly hint: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Finds the AWS credentials of a function, if its settings need some. */
  readonly credentials?: (() => Promise<AwsCredentials>) | undefined;
  /** Whether a link may name groups. */
  readonly hasGroups: boolean;
  stop(): Promise<void>;
}

async function main(): Promise<void> {
  const { port, dialect, help } = readOptions(process.argv.slice(2), process.env);
  if (help) return console.log(usage);

  const server = await openServer(dialect ?? process.env['EJABBERD_DIALECT']);
  const { functions } = await build();
  const log = (name: string, line: string): void => console.error(terminalLine(name, line));
  const { environment, credentials } = server;
  const gateway = await startGateway({ port, functions, environment, credentials, log });

  const stop = (): Promise<never> => Promise.all([gateway.stop(), server.stop()]).then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  onceOrphaned(stop);
  console.log(greeting(gateway, server));
}

/** Who started us; whoever that is later is somebody else once it has ended. */
const parent = process.ppid;

/** npm runs a script through a shell, which a SIGTERM to npm ends without a word to us: its end is ours then. */
function onceOrphaned(stop: () => void): void {
  const { npm_lifecycle_event } = process.env;
  if (!npm_lifecycle_event) return;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 250);
}

async function openServer(dialect: string | undefined): Promise<Server> {
  const { EJABBERD_URL } = process.env;
  const spoken: Record<string, string> = dialect ? { EJABBERD_DIALECT: dialect } : {};
  const hasGroups = dialect !== 'rostbeef';
  if (EJABBERD_URL) {
    const hint = ' (with users that your server has)';
    const environment = { ...withoutCredentials(passedOn(process.env)), ...spoken };
    const credentials = callsAws(environment) ? await awsCredentials() : undefined;
    // Found here already, so that a mistake shows before the first call.
    await credentials?.();
    return { description: shown(EJABBERD_URL), hint, environment, credentials, hasGroups, stop: async () => {} };
  }
  const demo = await (dialect === 'rostbeef' ? startClassicDemo() : startDemo());
  const played = dialect === 'rostbeef' ? ' that plays mod_rostbeef of 2008' : '';
  return {
    description: `an embedded server in memory${played}, at ${demo.url} (set EJABBERD_URL for one of your own)`,
    hint: '',
    environment: { EJABBERD_URL: demo.url, ...spoken },
    hasGroups,
    stop: () => demo.stop(),
  };
}

/** The settings of the functions and of the AWS SDK. What Lambda itself would set is not ours to pass on. */
function passedOn(environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(environment).filter((name) => /^(EJABBERD|AWS(?!_LAMBDA))_/.test(name));
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? '']));
}

/** Whether functions with these settings call an AWS service. */
function callsAws(environment: Readonly<Record<string, string>>): boolean {
  const { EJABBERD_DIALECT, EJABBERD_IDEMPOTENCY_TABLE, EJABBERD_SECRET_ARN } = environment;
  return Boolean(EJABBERD_IDEMPOTENCY_TABLE || (EJABBERD_SECRET_ARN && EJABBERD_DIALECT !== 'rostbeef'));
}

/** Without credentials, should there be some: the functions refuse such a URL, and say so. */
function shown(url: string): string {
  const { origin, pathname } = URL.canParse(url) ? new URL(url) : { origin: url, pathname: '' };
  return origin + pathname;
}

function greeting({ url }: Gateway, { description, hint, hasGroups }: Server): string {
  const tries = ['get_roster_with_presence', 'link_contacts', 'send_stanza'].map((name) => {
    const method = catalogue.find((candidate) => candidate.name === name);
    if (method === undefined) return '';
    const input = Object.entries(method.example.input ?? {}).filter(([member]) => hasGroups || !/^group/.test(member));
    return `  # ${method.summary}\n  ${curl(url, method, Object.fromEntries(input))}\n`;
  });
  return `
The ${catalogue.length} functions listen at ${url}
and talk to ${description}.

Try${hint}:

${tries.join('\n')}
All methods: ${url}/   OpenAPI: ${url}/openapi.json   Invoke API: --endpoint-url ${url}

This gateway checks no authorization: whoever reaches it may call everything. Ctrl-C stops it.
`;
}

function complaint(error: unknown): string {
  if (error instanceof UsageError) return `${error.message} See npm start -- --help.`;
  if (error instanceof AwsCredentialsError) return error.message;
  if (error instanceof Error && 'syscall' in error && error.syscall === 'listen') {
    return `${error.message}: choose another port with npm start -- --port <port>.`;
  }
  throw error;
}

main().catch((error: unknown) => {
  console.error(complaint(error));
  process.exit(1);
});
