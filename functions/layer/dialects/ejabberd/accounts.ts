/** Who exists. ejabberd's commands read the unknown as empty, and write for them as well. */
import { ItemNotFoundError } from '../../errors/index.ts';
import { formatJid, type Jid } from '../../xmpp/jid.ts';
import type { Session } from '../best-presence.ts';
import { elseIfNotFound, isOversized } from '../command-errors.ts';
import type { RosterItem } from '../dialect.ts';
import type { Run, RunOptions } from '../run-command.ts';
import { checkAccount, getRoster, userSessions } from './commands.ts';

/** Whether an account is listed. */
export async function accountExists(run: Run, user: Jid): Promise<boolean> {
  return run(checkAccount(user)).catch(elseIfNotFound(false));
}

/** Whether a user has anything to remove from: some authentication back ends can't list users, who have rosters. */
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

/** The roster; empty for a user that does not exist. */
export function rosterOrEmpty(run: Run, user: Jid, options?: RunOptions): Promise<readonly RosterItem[]> {
  return run(getRoster(user), options).catch(elseIfNotFound<readonly RosterItem[]>([]));
}

/**
 * What was read about a user, if there is one.
 *
 * @throws ItemNotFoundError where nothing was read and no account is listed
 */
export async function existing<T>(run: Run, user: Jid, found: readonly T[]): Promise<readonly T[]> {
  if (found.length > 0 || (await accountExists(run, user))) return found;
  throw new ItemNotFoundError({ detail: formatJid(user) });
}

/** A user's sessions; none for a vhost that the server does not have. */
export function sessionsOf(run: Run, user: Jid): Promise<readonly Session[]> {
  return run(userSessions(user)).catch(elseIfNotFound<readonly Session[]>([]));
}
