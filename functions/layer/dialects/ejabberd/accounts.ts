/** Tells whether users exist. ejabberd reads an unknown user as empty, and writes rosters for one as well. */
import { ItemNotFoundError } from '../../errors/index.ts';
import { formatJid, type Jid } from '../../xmpp/jid.ts';
import type { Session } from '../best-presence.ts';
import { elseIfNotFound, isOversized } from '../command-errors.ts';
import type { RosterItem } from '../dialect.ts';
import type { Run, RunOptions } from '../run-command.ts';
import { checkAccount, getRoster, userResources, userSessions } from './commands.ts';

/** Whether ejabberd lists the account. It lists no anonymous user, and some authentication back ends list no user. */
export async function accountExists(run: Run, user: Jid): Promise<boolean> {
  return run(checkAccount(user)).catch(elseIfNotFound(false));
}

/** Whether the user has a session, also one without presence. An anonymous user exists as long as that. */
export async function isConnected(run: Run, user: Jid): Promise<boolean> {
  return (await resourcesOf(run, user)).length > 0;
}

/** Whether the user has an account or a session. */
export async function userExists(run: Run, user: Jid): Promise<boolean> {
  return (await accountExists(run, user)) || (await isConnected(run, user));
}

/** Whether a user without a listed account is known in another way: by a session, or by entries in the roster. */
export async function leavesTraces(run: Run, user: Jid): Promise<boolean> {
  const [connected, entries] = await Promise.all([isConnected(run, user), hasEntries(run, user)]);
  return connected || entries;
}

async function hasEntries(run: Run, user: Jid): Promise<boolean> {
  try {
    return (await rosterOrEmpty(run, user)).length > 0;
  } catch (error) {
    if (isOversized(error)) return true;
    throw error;
  }
}

/** Reads a roster. It is empty for a user that does not exist. */
export function rosterOrEmpty(run: Run, user: Jid, options?: RunOptions): Promise<readonly RosterItem[]> {
  return run(getRoster(user), options).catch(elseIfNotFound<readonly RosterItem[]>([]));
}

/**
 * Passes on what was read about a user.
 *
 * @param found what was read
 * @param exists tells whether the user exists; called only if nothing was read
 * @throws ItemNotFoundError if nothing was read and the user does not exist
 */
export async function existing<T>(
  run: Run,
  user: Jid,
  found: readonly T[],
  exists: (run: Run, user: Jid) => Promise<boolean>,
): Promise<readonly T[]> {
  if (found.length > 0 || (await exists(run, user))) return found;
  throw new ItemNotFoundError({ detail: formatJid(user) });
}

/** A user's sessions; empty if the server does not have the vhost. */
export function sessionsOf(run: Run, user: Jid): Promise<readonly Session[]> {
  return run(userSessions(user)).catch(elseIfNotFound<readonly Session[]>([]));
}

/** A user's connected resources, in no order; empty if the server does not have the vhost. */
export function resourcesOf(run: Run, user: Jid, signal?: AbortSignal): Promise<readonly string[]> {
  return run(userResources(user), { signal }).catch(elseIfNotFound<readonly string[]>([]));
}
