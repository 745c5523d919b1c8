import {
  type Config,
  type Deadline,
  type Environment,
  hostAndPort,
  type Issue,
  type Jid,
  permissionProbes,
  runCommands,
  UNPROBED_COMMANDS,
} from 'rostbeef-layer';
import { type Account, checkCredentials, checkSecret } from './account.ts';
import { whoOf } from './advice.ts';
import { checkBacklog } from './backlog.ts';
import { type Chart, openChart } from './chart.ts';
import { type AsAccount, checkAdminExtra, checkPermissions, checkRelease, checkVhosts } from './commands.ts';
import { checkEndpoint, type Target } from './endpoint.ts';
import { type Connected, checkName, checkTcp } from './network.ts';
import type { Report } from './report.ts';
import { checkSettings } from './settings.ts';
import { checkSharedRosters } from './shared-rosters.ts';
import { checkTls } from './tls.ts';

/** The options of an examination. */
interface Examination {
  /** The settings. */
  readonly environment: Environment;
  /** Other issues of the settings, such as of names that the caller does not pass on. */
  readonly issues?: readonly Issue[];
  readonly deadline: Deadline;
  /** The number of connections to open at once, to test the listener's queue. The default is that of a function. */
  readonly connections?: number;
}

/**
 * Examines everything between the settings and the commands, and changes nothing.
 *
 * @returns the report. A failed check does not throw
 * @throws defects only
 */
export async function examine({ environment, issues, deadline, connections }: Examination): Promise<Report> {
  const chart = openChart(deadline);
  const config = await chart.check('settings', () => checkSettings(environment, issues));
  if (config === undefined) return chart.report(undefined);
  const { url } = config;
  const connected = await reach(chart, config, deadline);
  if (isClassic(config)) return chart.report(url, connected && 'not tried: the dialect rostbeef does not use it');
  const account = await chart.check('secret', () => checkSecret(config, deadline));
  if (connected === undefined) return chart.report(url);
  await examineCommands(chart, config, deadline, { connected, account });
  await chart.check('backlog', () => checkBacklog(url, connections ?? config.maxConnections, deadline));
  return chart.report(url);
}

/**
 * Runs the checks up to an endpoint that answers, without an account. Each needs the one before it.
 *
 * @returns the connection; `undefined` if a check failed
 */
export async function reach(chart: Chart, config: Config, deadline: Deadline): Promise<Connected | undefined> {
  const { url, caPem } = config;
  if (!(await chart.check('name resolution', () => checkName(url, deadline)))) return undefined;
  const connected = await chart.check('TCP', () => checkTcp(url, deadline));
  if (connected === undefined) return undefined;
  if (!(await chart.check('TLS', () => checkTls(url, caPem, deadline)))) return undefined;
  const answers = await chart.check('endpoint', () => checkEndpoint(targetOf(config, deadline), isClassic(config)));
  return answers && connected;
}

/** Runs the checks of the commands. Without an accepted account, those that need one are skipped. */
async function examineCommands(
  chart: Chart,
  config: Config,
  deadline: Deadline,
  { connected, account }: { readonly connected: Connected; readonly account: Account | undefined },
): Promise<void> {
  const target = () => targetOf(config, deadline);
  const accepted = account && (await chart.check('credentials', () => checkCredentials(target(), account, deadline)));
  const argument = await chart.check('mod_admin_extra', () => checkAdminExtra(target()));
  if (accepted === undefined) return;
  const { credentials } = accepted;
  const asAccount: AsAccount = (use) => runCommands({ ...target(), account: credentials }, use);
  const who = whoOf(credentials, connected.localAddress);
  const [anyVhost = hostAndPort(config.url).host] = config.servers ?? [];
  const user: Jid = { local: credentials?.user ?? 'anyone', domain: credentials?.server ?? anyVhost, resource: '' };
  await chart.check('release', () => checkRelease(asAccount, argument));
  const allowed = await chart.check('permissions', () => checkPermissions(asAccount, who, user, argument));
  if (!allowed?.includes('registered_vhosts')) return;
  const vhosts = await chart.check('vhosts', () => checkVhosts(asAccount, config.servers));
  if (vhosts === undefined || argument === undefined) return;
  const required = [...permissionProbes(user, argument).map(({ name }) => name), ...UNPROBED_COMMANDS];
  await chart.check('shared rosters', () => checkSharedRosters(asAccount, who, vhosts, required));
}

/** Gives the server as much time as the functions do, if the deadline leaves it. */
function targetOf({ url, caPem: ca, timeoutMs }: Config, deadline: Deadline): Target {
  return { url, ca, timeoutMs: Math.min(timeoutMs, deadline.remainingMs) };
}

function isClassic({ dialect }: Config): boolean {
  return dialect === 'rostbeef';
}
