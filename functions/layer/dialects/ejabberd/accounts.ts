/** Finds out which users exist. ejabberd's commands read an unknown user as empty, and write rosters for one. */
import { ItemNotFoundError } from '../../errors/index.ts';
import { formatJid, type Jid } from '../../xmpp/jid.ts';
import type { Session } from '../best-presence.ts';
import { elseIfNotFound, isOversized } from '../command-errors.ts';
import type { RosterItem } from '../dialect.ts';
import type { Run, RunOptions } from '../run-command.ts';
import { checkAccount, getRoster, userSessions } from './commands.ts';

/** Tells whether the server lists an account. */
export async function accountExists(run: Run, user: Jid): Promise<boolean> {
  return run(checkAccount(user)).catch(elseIfNotFound(false));
}

/** Tells whether a user has an account or a roster. Some authentication back ends can't list their users. */
export async function hasRoster(run: Run, user: Jid): Promise<boolean> {
  return (await accountExists(run, user)) || (await hasEntries(run, user));
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
 * Returns what was found about a user.
 *
 * @throws ItemNotFoundError if nothing was found and the server lists no account
 */
export async function existing<T>(run: Run, user: Jid, found: readonly T[]): Promise<readonly T[]> {
  if (found.length > 0 || (await accountExists(run, user))) return found;
  throw new ItemNotFoundError({ detail: formatJid(user) });
}

/** Reads a user's sessions. There are none on a vhost that the server does not have. */
export function sessionsOf(run: Run, user: Jid): Promise<readonly Session[]> {
  return run(userSessions(user)).catch(elseIfNotFound<readonly Session[]>([]));
}
