/** What ejabberd has of commands, and which of them the account may run. */
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
  probeGroupsArgument,
  RostbeefError,
  type Run,
  registeredVhosts,
  runCommands,
  serverRelease,
  UNPROBED_COMMANDS,
} from 'rostbeef-layer';
import { adminExtraYaml, configureYaml, hostsYaml, permissionYaml, type Who } from './advice.ts';
import type { Asked } from './endpoint.ts';
import type { Result } from './report.ts';

/** Runs commands as the account that was accepted. */
export type AsAccount = <T>(use: (run: Run) => Promise<T>) => Promise<T>;

/** The last step of a change in `ejabberd.yml`. */
export const RELOAD = 'then: ejabberdctl reload_config';

/** Whether `mod_admin_extra` is there; its value is how the release takes a roster item's groups. */
export async function checkAdminExtra(asked: Asked): Promise<Result<GroupsArgument>> {
  const nobody: Jid = { local: 'nobody', domain: 'localhost', resource: '' };
  const probe = probeGroupsArgument({ owner: nobody, contact: nobody });
  try {
    const value = await runCommands({ ...asked, account: undefined }, (run) => run(probe));
    return { found: 'loaded', value };
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    return {
      found: `not loaded: ejabberd does not know ${probe.name}`,
      mend: `Load it, ${RELOAD}`,
      yaml: adminExtraYaml(),
    };
  }
}

/** The release: exactly for an account that may run `status`, or else on which side of 24.02 it is. */
export async function checkRelease(asAccount: AsAccount, argument: GroupsArgument | undefined): Promise<Result<true>> {
  const release = await asAccount((run) => run(serverRelease())).catch(unlessDefect);
  if (release !== undefined) return { found: `ejabberd ${release}`, value: true };
  const sides = { group: 'older than 24.02', groups: '24.02 or newer' };
  return { found: argument === undefined ? 'not told' : `ejabberd ${sides[argument]}`, value: true };
}

/**
 * Whether each command may be run; its value is those that may.
 *
 * @param user the account, or any user where there is none
 * @param argument `undefined` where `mod_admin_extra` is missing, and with it most commands
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
    // One after the other, for this is not the time to try how much the server takes.
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
      mend: 'See its error.log: these commands crash, of a module or database that is not there.',
      value,
    };
  }
  const found =
    argument === undefined
      ? `${probes.length} of ${all.length} commands may be run, the others are not there`
      : `all ${all.length} commands may be run`;
  return { found, value };
}

/** Checks that the server has every vhost that callers may name. Its value is those vhosts. */
export async function checkVhosts(
  asAccount: AsAccount,
  servers: ReadonlySet<string> | undefined,
): Promise<Result<readonly string[]>> {
  const vhosts = await asAccount((run) => run(registeredVhosts()));
  if (servers === undefined) return { found: `callers may name all of ${vhosts.join(', ')}`, value: vhosts };
  const missing = [...servers].filter((server) => !vhosts.includes(server));
  if (missing.length === 0)
    return { found: `those of EJABBERD_SERVERS are there: ${[...servers].join(', ')}`, value: [...servers] };
  return {
    found: `${missing.join(', ')} of EJABBERD_SERVERS not among the server’s ${vhosts.join(', ')}`,
    mend: `Correct EJABBERD_SERVERS, or add them, ${RELOAD}`,
    yaml: hostsYaml(missing),
  };
}

/** What became of a probe. One that the command itself refuses was allowed to ask. */
export type Verdict = 'allowed' | 'refused' | 'broken';

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
 * What mends a refusal. A rule for another `from` looks just like none at all, and since release 26.07 so does an account
 * that is not in the access rule `configure`: but then exactly the commands that name a host are refused.
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
      mend: `Give the account this permission, and from release 26.07 on this access rule as well, ${RELOAD}`,
      yaml: permission + configureYaml(who),
    };
  }
  const again =
    argument === 'groups' ? ', and look again: from release 26.07 on an access rule may be due as well' : '';
  return {
    found,
    mend: `Give the account this permission, in the place of any that it has for ejabberd_xmlrpc, ${RELOAD}${again}`,
    yaml: permission,
  };
}

/** For what is good to know, and no matter if not. */
function unlessDefect(error: unknown): undefined {
  if (!(error instanceof RostbeefError)) throw error;
}
