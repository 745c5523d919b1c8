/**
 * Tells whether users exist. For an unknown user, ejabberd reads an empty roster, and writes a roster without an error.
 * Since release 26.07, an unknown vhost is an error, not an empty list.
 */
import { ItemNotFoundError } from '../../errors/index.ts';
import type { Deadline } from '../../shared/deadline.ts';
import { formatJid, type Jid } from '../../xmpp/jid.ts';
import type { Session } from '../best-presence.ts';
import { elseIf, isOversized } from '../command-errors.ts';
import type { RosterItem } from '../dialect.ts';
import type { Run, RunOptions } from '../run-command.ts';
import { checkAccount, getRoster, userResources, userSessions } from './commands.ts';

/** Tells whether ejabberd lists the account. It lists no anonymous user, and some authentication back ends list no user. */
export async function accountExists(run: Run, user: Jid): Promise<boolean> {
  return run(checkAccount(user)).catch(elseIf(ItemNotFoundError, false));
}

/** Tells whether the user has a session, with or without presence. An anonymous user exists only while it has one. */
export async function isConnected(run: Run, user: Jid): Promise<boolean> {
  return (await resourcesOf(run, user)).length > 0;
}

/** Tells whether the user has an account or a session. */
export async function userExists(run: Run, user: Jid): Promise<boolean> {
  return (await accountExists(run, user)) || (await isConnected(run, user));
}

/** Tells whether a user without a listed account has a session, or entries in the roster. */
export async function hasSessionOrEntries(run: Run, user: Jid): Promise<boolean> {
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
  return run(getRoster(user), options).catch(elseIf<readonly RosterItem[]>(ItemNotFoundError, []));
}

/**
 * Returns a list that was read about a user, if the user exists.
 *
 * @param exists tells whether the user exists. It is called only if the list is empty
 * @throws ItemNotFoundError if the list is empty and the user does not exist
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

/** Reads a user's sessions. The list is empty if the server does not have the vhost. */
export function sessionsOf(run: Run, user: Jid): Promise<readonly Session[]> {
  return run(userSessions(user)).catch(elseIf<readonly Session[]>(ItemNotFoundError, []));
}

/** Reads a user's connected resources, in no order. The list is empty if the server does not have the vhost. */
export function resourcesOf(run: Run, user: Jid, deadline?: Deadline): Promise<readonly string[]> {
  return run(userResources(user), { deadline }).catch(elseIf<readonly string[]>(ItemNotFoundError, []));
}
