/** Checks which commands ejabberd has, and which of them the account may run. */
import {
  CORE_COMMANDS,
  type Command,
  ConnectionLostError,
  CredentialsRejectedError,
  EjabberdTimeoutError,
  EjabberdUnreachableError,
  type GroupsArgument,
  HOSTLESS_COMMANDS,
  type Jid,
  PermissionDeniedError,
  permissionProbes,
  preparedDomainOf,
  probeGroupsArgument,
  RostbeefError,
  type Run,
  registeredVhosts,
  runCommands,
  serverRelease,
  UNPROBED_COMMANDS,
} from 'rostbeef-layer';
import { adminExtraYaml, configureYaml, hostsYaml, permissionYaml, type Who } from './advice.ts';
import type { Target } from './endpoint.ts';
import type { Result } from './report.ts';

/** Runs commands as the account that ejabberd accepted. */
export type AsAccount = <T>(use: (run: Run) => Promise<T>) => Promise<T>;

/** The last step of a change in `ejabberd.yml`. */
export const RELOAD = 'then: ejabberdctl reload_config';

/** Checks whether `mod_admin_extra` is loaded. The value is the form of a roster item's groups. */
export async function checkAdminExtra(target: Target): Promise<Result<GroupsArgument>> {
  const anyone: Jid = { local: 'anyone', domain: 'localhost', resource: '' };
  const probe = probeGroupsArgument({ owner: anyone, contact: anyone });
  try {
    const value = await runCommands({ ...target, account: undefined }, (run) => run(probe));
    return { found: 'loaded', value };
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    return {
      found: `not loaded: ejabberd does not know ${probe.name}`,
      fix: `Load it, ${RELOAD}`,
      yaml: adminExtraYaml(),
    };
  }
}

/** Reads the release. Without the permission for `status`, the finding is only whether it is older than 24.02. */
export async function checkRelease(asAccount: AsAccount, argument: GroupsArgument | undefined): Promise<Result<true>> {
  const release = await asAccount((run) => run(serverRelease())).catch(unlessDefect);
  if (release !== undefined) return { found: `ejabberd ${release}`, value: true };
  const sides = { group: 'older than 24.02', groups: '24.02 or newer' };
  return { found: argument === undefined ? 'not known' : `ejabberd ${sides[argument]}`, value: true };
}

/**
 * Checks whether the account may run each command. The value lists the commands that it may run.
 *
 * @param user the account, or any user if there is no account
 * @param argument the form of groups; `undefined` if `mod_admin_extra` is missing, and with it most commands
 */
export async function checkPermissions(
  asAccount: AsAccount,
  who: Who,
  user: Jid,
  argument: GroupsArgument | undefined,
): Promise<Result<readonly string[]>> {
  const commands = permissionProbes(user, argument ?? 'groups');
  const all = commands.map(({ name }) => name);
  const probes = argument === undefined ? commands.filter(({ name }) => CORE_COMMANDS.includes(name)) : commands;
  const verdicts = await asAccount(async (run) => {
    const judged: (readonly [string, Verdict])[] = [];
    // One after the other, because a check must not put load on the server.
    for (const probe of probes) judged.push([probe.name, await verdictOf(run, probe)]);
    return judged;
  });
  const namesOf = (wanted: Verdict) => verdicts.filter(([, verdict]) => verdict === wanted).map(([name]) => name);
  const value = namesOf('allowed');
  const [refused, broken] = [namesOf('refused'), namesOf('broken')];
  if (refused.length > 0) return { ...refusal(refused, who, all, argument), value };
  if (broken.length > 0) {
    return {
      found: `ejabberd closes the connection at ${broken.join(', ')}`,
      fix: 'See ejabberd’s error.log: these commands crash because a module or database is missing.',
      value,
    };
  }
  const found =
    argument === undefined
      ? `${probes.length} of ${all.length} commands may be run, the others do not exist`
      : `all ${all.length} commands that can be tried may be run`;
  return { found, value };
}

/** Checks whether the server has every vhost that callers may name. The value lists them as the server spells them. */
export async function checkVhosts(
  asAccount: AsAccount,
  servers: ReadonlySet<string> | undefined,
): Promise<Result<readonly string[]>> {
  const vhosts = await asAccount((run) => run(registeredVhosts()));
  if (servers === undefined) return { found: `callers may name all of ${vhosts.join(', ')}`, value: vhosts };
  const spellings = new Map(vhosts.map((vhost) => [preparedDomainOf(vhost), vhost]));
  const missing = [...servers].filter((server) => !spellings.has(server));
  if (missing.length === 0) {
    const value = [...servers].flatMap((server) => spellings.get(server) ?? []);
    return { found: `the server has all of EJABBERD_SERVERS: ${[...servers].join(', ')}`, value };
  }
  return {
    found: `the server does not have ${missing.join(', ')} of EJABBERD_SERVERS; it has ${vhosts.join(', ')}`,
    fix: `Correct EJABBERD_SERVERS, or add the vhosts, ${RELOAD}`,
    yaml: hostsYaml(missing),
  };
}

/** The outcome of a probe. An error of the command itself shows that the account may run it. */
export type Verdict = 'allowed' | 'refused' | 'broken';

/**
 * Runs a probe, and returns its verdict.
 *
 * @throws RostbeefError if the server did not answer, or refused the credentials
 */
export async function verdictOf(run: Run, probe: Command<unknown>): Promise<Verdict> {
  try {
    await run(probe);
    return 'allowed';
  } catch (error) {
    if (error instanceof PermissionDeniedError) return 'refused';
    if (error instanceof ConnectionLostError) return 'broken';
    const isNoAnswer = [CredentialsRejectedError, EjabberdTimeoutError, EjabberdUnreachableError].some(
      (Class) => error instanceof Class,
    );
    if (isNoAnswer || !(error instanceof RostbeefError)) throw error;
    return 'allowed';
  }
}

/**
 * Returns the fix for a refusal. A rule for another `from` looks the same as no rule. Since release 26.07, so does an account
 * that is not in the access rule `configure`; then exactly the commands that name a host are refused.
 */
function refusal(
  refused: readonly string[],
  who: Who,
  all: readonly string[],
  argument: GroupsArgument | undefined,
): Result<never> {
  const found = `ejabberd refuses ${refused.length === all.length ? 'every command' : refused.join(', ')}`;
  const permission = permissionYaml(who, [...all, ...UNPROBED_COMMANDS].sort());
  const isEveryHost = refused.join() === all.filter((name) => !HOSTLESS_COMMANDS.includes(name)).join();
  if (argument === 'groups' && isEveryHost) {
    return {
      found,
      fix: `Give the account this permission, and on release 26.07 and later also this access rule, ${RELOAD}`,
      yaml: permission + configureYaml(who),
    };
  }
  const again =
    argument === 'groups' ? ', and run the doctor again: release 26.07 and later can need an access rule too' : '';
  return {
    found,
    fix: `Give the account this permission, in place of its other permissions for ejabberd_xmlrpc, ${RELOAD}${again}`,
    yaml: permission,
  };
}

/** Ignores an error of the layer, because the answer is optional. A defect is thrown. */
function unlessDefect(error: unknown): undefined {
  if (!(error instanceof RostbeefError)) throw error;
}
