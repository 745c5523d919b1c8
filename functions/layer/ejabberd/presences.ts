/** How the presence of many is read, in whichever way costs the server least. */
import { EjabberdTimeoutError, PermissionDeniedError, RostbeefError } from '../errors/index.ts';
import { formatJid, type Jid, parseBareJid } from '../jid.ts';
import { elseIfNotFound } from './accounts.ts';
import { allSessions, connectedUsers, type Session, sessionCount } from './commands.ts';
import { type Presence, type RosterItem, UNAVAILABLE } from './dialect.ts';
import { bestPresence, sessionsOf } from './presence.ts';
import type { Run } from './runner.ts';

/**
 * What the ways cost, in calls of `user_sessions_info`: to list one session in `connected_users_vhost`, and to tell of one
 * in `connected_users_info` (`npm run bench -- presence` measures them).
 */
const LISTED = 0.015;
const TOLD = 0.2;

/** From so many contacts of one vhost on the list is worth its call, where nobody knows how long it is. */
const LIST_FROM = 10;

/** Which of the commands that only save time a container has found out not to work for it. */
export interface LearnedWays {
  count: boolean;
  tell: boolean;
}

/** How many sessions the server has; `undefined` where the account may not ask. */
export async function sessionsOnServer(run: Run, learned: LearnedWays): Promise<number | undefined> {
  if (!learned.count) return undefined;
  try {
    return await run(sessionCount());
  } catch (error) {
    if (error instanceof PermissionDeniedError) learned.count = false;
    return undefined;
  }
}

/**
 * The presence of each item's contact. One on another server, or without a local part, is unavailable to this one.
 *
 * Asks for each contact, or only for those on the list of who is connected, or for the sessions of the whole server at
 * once: whichever is least by the number of contacts, of connected ones, and of sessions.
 *
 * @param sessions how many the server has, from {@link sessionsOnServer}
 */
export async function presencesOf(
  run: Run,
  items: readonly RosterItem[],
  sessions: number | undefined,
  learned: LearnedWays,
): Promise<readonly Presence[]> {
  const contacts = items.map(({ jid }) => bareJidOf(jid));
  const known = contacts.filter((contact) => contact !== undefined);
  const maybeConnected = await connectionTest(run, known, sessions);
  const asked = known.filter(maybeConnected);
  const told = await toldSessions(run, asked.length, sessions, learned);
  return Promise.all(
    contacts.map(async (contact) => {
      if (contact === undefined || !maybeConnected(contact)) return UNAVAILABLE;
      return bestPresence(told === undefined ? await sessionsOf(run, contact) : (told.get(formatJid(contact)) ?? []));
    }),
  );
}

function bareJidOf(text: string): Jid | undefined {
  const result = parseBareJid(text);
  return 'jid' in result ? result.jid : undefined;
}

/** A test that is false for those contacts alone that are known not to be connected. */
async function connectionTest(
  run: Run,
  contacts: readonly Jid[],
  sessions: number | undefined,
): Promise<(contact: Jid) => boolean> {
  const least = sessions === undefined ? LIST_FROM : Math.max(2, sessions * LISTED);
  const crowds = [...Map.groupBy(contacts, ({ domain }) => domain)].filter(([, users]) => users.length >= least);
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

/**
 * The sessions of everybody by bare JID; `undefined` where that is not the cheapest, or does not work: the command
 * crashes for a session whose address ejabberd does not know.
 */
async function toldSessions(
  run: Run,
  asked: number,
  sessions: number | undefined,
  learned: LearnedWays,
): Promise<ReadonlyMap<string, readonly Session[]> | undefined> {
  if (!learned.tell || sessions === undefined || sessions * TOLD >= asked) return undefined;
  try {
    return Map.groupBy(await run(allSessions()), ({ owner }) => owner);
  } catch (error) {
    if (!(error instanceof RostbeefError) || error instanceof EjabberdTimeoutError) throw error;
    learned.tell = false;
    return undefined;
  }
}
