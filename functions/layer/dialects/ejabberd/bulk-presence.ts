/** Reads the presence of many users in the way that costs the server least. */

import { EjabberdTimeoutError, PermissionDeniedError, RostbeefError } from '../../errors/index.ts';
import { domainOf, splitJid } from '../../xmpp/jid.ts';
import { bestPresence, type Session } from '../best-presence.ts';
import { elseIfNotFound } from '../command-errors.ts';
import { type Presence, type RosterItem, UNAVAILABLE } from '../dialect.ts';
import type { Run } from '../run-command.ts';
import { sessionsOf } from './accounts.ts';
import { allSessions, connectedUsers, sessionCount } from './commands.ts';

/**
 * The cost of one session in `connected_users_vhost` (`list`) and in `connected_users_info` (`tell`), in calls of
 * `user_sessions_info`. `npm run bench -- presence` measures them.
 */
const LISTED = 0.03;
const TOLD = 0.28;

/** The most calls' worth of sessions that is read at the same time as the roster. */
const LITTLE = 80;

/** The number of contacts on one vhost from which a list of unknown length is read. */
const LIST_FROM = 10;

/** The most users that are asked for at a time: more than there are connections, so that none is idle. */
const ASKED_AT_A_TIME = 20;

/**
 * Milliseconds that the number of sessions is reused. ejabberd counts them one by one, in 20 ms for 20,000. A wrong number
 * costs only time.
 */
const COUNTED_FOR_MS = 10_000;

/** Which of the commands that only save time a container has found out not to work for it, and what it knows of the server. */
export interface LearnedWays {
  count: boolean;
  tell: boolean;
  /** The number of sessions, and when that was. */
  counted?: { readonly sessions: number; readonly at: number };
}

/** The sessions that are known before the contacts are. */
export interface Overview {
  /** The number of sessions of the server; `undefined` if the account may not ask. */
  readonly count: number | undefined;
  /** All sessions by bare JID, if there are few. */
  readonly told: ReadonlyMap<string, readonly Session[]> | undefined;
  /** The connected users of some vhosts. */
  readonly listed: Connected;
}

/** The connected users by vhost; `undefined` if the account may not ask. */
type Connected = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/**
 * Counts the sessions of the server. If there are few, reads all of them. If there are more, lists the connected users.
 *
 * @param host the vhost that most contacts are expected on
 */
export async function overviewOf(run: Run, host: string, learned: LearnedWays): Promise<Overview> {
  const count = learned.count ? await counted(run, learned) : undefined;
  const told = await toldSessions(run, LITTLE, count, learned);
  const isListed = told === undefined && count !== undefined && count * LISTED <= LITTLE;
  return { count, told, listed: isListed ? await listedOn(run, [host]) : new Map() };
}

async function counted(run: Run, learned: LearnedWays): Promise<number | undefined> {
  const { counted: known } = learned;
  if (known !== undefined && Date.now() - known.at < COUNTED_FOR_MS) return known.sessions;
  try {
    const sessions = await run(sessionCount());
    learned.counted = { sessions, at: Date.now() };
    return sessions;
  } catch (error) {
    if (error instanceof PermissionDeniedError) learned.count = false;
    return undefined;
  }
}

/**
 * Returns the presence of each item's contact. A contact on another server, or without a local part, is unavailable.
 *
 * Asks for each contact, or only for the connected ones on the list, or for all sessions of the server at once. The numbers
 * of contacts, connected contacts and sessions decide which way costs least.
 */
export async function presencesOf(
  run: Run,
  items: readonly RosterItem[],
  { count, told: toldBefore, listed }: Overview,
  learned: LearnedWays,
): Promise<readonly Presence[]> {
  const jids = items.map(({ jid }) => jid);
  const maybeConnected = toldBefore === undefined ? await connectionTest(run, jids, count, listed) : () => true;
  const asked = jids.filter(maybeConnected);
  const told = toldBefore ?? (await toldSessions(run, asked.length, count, learned));
  const presences = told === undefined ? await askedPresences(run, asked) : undefined;
  return jids.map((jid) => presences?.get(jid) ?? bestPresence(told?.get(jid) ?? []));
}

/** Runs a few at a time, because a request that waits for a connection costs memory and time. */
async function askedPresences(run: Run, jids: readonly string[]): Promise<ReadonlyMap<string, Presence>> {
  const presences = new Map<string, Presence>();
  const left = jids.values();
  const worker = async () => {
    for (const jid of left) presences.set(jid, await askedPresence(run, jid));
  };
  await Promise.all(Array.from({ length: ASKED_AT_A_TIME }, worker));
  return presences;
}

async function askedPresence(run: Run, text: string): Promise<Presence> {
  const contact = splitJid(text);
  return contact.local === '' ? UNAVAILABLE : bestPresence(await sessionsOf(run, contact));
}

/** Returns a test that is `false` only for contacts that are known not to be connected. */
async function connectionTest(
  run: Run,
  jids: readonly string[],
  count: number | undefined,
  listed: Connected,
): Promise<(jid: string) => boolean> {
  const least = count === undefined ? LIST_FROM : Math.max(2, count * LISTED);
  const crowds = [...Map.groupBy(jids, domainOf)]
    .filter(([host, users]) => users.length >= least && !listed.has(host))
    .map(([host]) => host);
  const connected = new Map([...listed, ...(await listedOn(run, crowds))]);
  return (jid) => connected.get(domainOf(jid))?.has(jid) ?? true;
}

async function listedOn(run: Run, hosts: readonly string[]): Promise<Connected> {
  return new Map(await Promise.all(hosts.map(async (host) => [host, await connectedBareJids(run, host)] as const)));
}

/** Lists the connected users of a vhost; `undefined` if the account may not ask. */
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
 * Reads all sessions by bare JID. Returns `undefined` if that costs more than so many calls, or fails. The command crashes
 * for a session whose address ejabberd does not know.
 */
async function toldSessions(
  run: Run,
  calls: number,
  count: number | undefined,
  learned: LearnedWays,
): Promise<Overview['told']> {
  if (!learned.tell || count === undefined || count * TOLD >= calls) return undefined;
  try {
    const sessions = await run(allSessions());
    // There may be too many sessions by now.
    learned.counted = { sessions: sessions.length, at: Date.now() };
    return Map.groupBy(sessions, ({ owner }) => owner);
  } catch (error) {
    if (!(error instanceof RostbeefError) || error instanceof EjabberdTimeoutError) throw error;
    learned.tell = false;
    return undefined;
  }
}
