/** Which of a user's sessions speaks for them, and how the presence of many is read. */
import { PermissionDeniedError } from '../errors/index.ts';
import { formatJid, type Jid, parseBareJid } from '../jid.ts';
import { elseIfNotFound } from './accounts.ts';
import { connectedUsers, type Session, userSessions } from './commands.ts';
import { type Presence, type RosterItem, UNAVAILABLE } from './dialect.ts';
import type { Run } from './runner.ts';

/** From so many contacts of one vhost on, asking first who is connected costs less than asking for each contact. */
const ASK_WHO_IS_CONNECTED_FROM = 10;

/**
 * The presence of the session with the highest non-negative priority, of equal ones the newest. ejabberd's own
 * `get_presence` takes the resource that sorts last, whatever its priority (seen on 23.01, 24.12 and 26.07).
 */
export function bestPresence(sessions: readonly Session[]): Presence {
  const [best] = sessions
    .filter(({ show, priority }) => show !== 'unavailable' && priority >= 0)
    .sort((a, b) => b.priority - a.priority || a.uptime - b.uptime);
  return best === undefined ? UNAVAILABLE : { resource: best.resource, show: best.show, status: best.status };
}

/** The presence of each item's contact. One on another server, or without a local part, is unavailable to this one. */
export async function presencesOf(run: Run, items: readonly RosterItem[]): Promise<readonly Presence[]> {
  const contacts = items
    .map(({ jid }) => parseBareJid(jid))
    .map((result) => ('jid' in result ? result.jid : undefined));
  const mayBeConnected = await connectionTest(
    run,
    contacts.filter((contact) => contact !== undefined),
  );
  return Promise.all(
    contacts.map(async (contact) =>
      contact !== undefined && mayBeConnected(contact) ? bestPresence(await sessionsOf(run, contact)) : UNAVAILABLE,
    ),
  );
}

/** A user's sessions; none for a vhost that the server does not have. */
export function sessionsOf(run: Run, user: Jid): Promise<readonly Session[]> {
  return run(userSessions(user)).catch(elseIfNotFound<readonly Session[]>([]));
}

/** A test that is false for those contacts alone that are known not to be connected. */
async function connectionTest(run: Run, contacts: readonly Jid[]): Promise<(contact: Jid) => boolean> {
  const crowds = [...Map.groupBy(contacts, ({ domain }) => domain)].filter(
    ([, users]) => users.length >= ASK_WHO_IS_CONNECTED_FROM,
  );
  const connected = new Map(
    await Promise.all(crowds.map(async ([host]) => [host, await connectedBareJids(run, host)] as const)),
  );
  return (contact) => connected.get(contact.domain)?.has(formatJid(contact)) ?? true;
}

/** Who is connected on a vhost; `undefined` where the account may not ask. */
async function connectedBareJids(run: Run, host: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const sessions = await run(connectedUsers(host)).catch(elseIfNotFound<readonly string[]>([]));
    return new Set(sessions.map((jid) => jid.slice(0, jid.indexOf('/'))));
  } catch (error) {
    if (error instanceof PermissionDeniedError) return undefined;
    throw error;
  }
}
