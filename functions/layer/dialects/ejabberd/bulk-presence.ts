/** Reads the presence of many contacts in the way that costs the server least. Every way gives the same presences. */

import { EjabberdTimeoutError, PermissionDeniedError, RostbeefError } from '../../errors/index.ts';
import { formatJid, splitJid } from '../../xmpp/jid.ts';
import { bestPresence, type Session } from '../best-presence.ts';
import { elseIfNotFound } from '../command-errors.ts';
import { type Presence, type RosterItem, UNAVAILABLE } from '../dialect.ts';
import type { Run } from '../run-command.ts';
import { sessionsOf } from './accounts.ts';
import { allSessions, connectedUsers, sessionCount } from './commands.ts';

/**
 * The cost of one session in the answer of `connected_users_vhost`, and of one in that of `connected_users_info`. The
 * unit is one call of `user_sessions_info`. `npm run bench -- presence` measures both.
 */
const ONLINE_USER_COST = 0.03;
const SESSION_COST = 0.28;

/** Up to this cost, presence is read at the same time as the roster. */
const LITTLE = 80;

/** If the number of sessions is unknown, who is online is read for a vhost with at least so many contacts. */
const LIST_FROM = 10;

/** More than an execution environment has connections, so that none is idle. */
const ASKED_AT_A_TIME = 20;

/**
 * How long the number of sessions is kept. ejabberd counts sessions one by one, which takes 20 ms for 20,000. A wrong
 * number costs only time.
 */
const COUNTED_FOR_MS = 10_000;

/** The facts that an execution environment has learned: which commands work for the account, and how many sessions the server has. */
export interface LearnedWays {
  /** Whether `connected_users_number` is worth a try. */
  canCount: boolean;
  /** Whether `connected_users_info` is worth a try. */
  canReadAll: boolean;
  /** The number of sessions, and when they were counted in milliseconds of `Date.now()`. */
  counted?: { readonly sessions: number; readonly at: number };
}

/** The sessions that are known before the contacts are known. */
interface Overview {
  /** How many sessions the server has; `undefined` if the account may not ask. */
  readonly sessionCount: number | undefined;
  /** All sessions by bare JID, if there are few. */
  readonly allSessions: ReadonlyMap<string, readonly Session[]> | undefined;
  readonly onlineUsers: OnlineUsers;
}

/** The bare JIDs that are connected, by vhost; `undefined` if the account may not ask. */
type OnlineUsers = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/** A contact, by the JID that its sessions have. */
interface Contact {
  readonly local: string;
  readonly domain: string;
  readonly bareJid: string;
}

/**
 * Counts the sessions of the server. If they are few, reads all of them; if they are not many, reads who is online.
 *
 * @param host the vhost that most contacts are expected on
 */
export async function overviewOf(run: Run, host: string, learned: LearnedWays): Promise<Overview> {
  const count = learned.canCount ? await countSessions(run, learned) : undefined;
  const sessions = await readAllSessions(run, LITTLE, count, learned);
  const isListed = sessions === undefined && count !== undefined && count * ONLINE_USER_COST <= LITTLE;
  return {
    sessionCount: count,
    allSessions: sessions,
    onlineUsers: isListed ? await readOnlineUsers(run, [host]) : new Map(),
  };
}

async function countSessions(run: Run, learned: LearnedWays): Promise<number | undefined> {
  const { counted: known } = learned;
  if (known !== undefined && Date.now() - known.at < COUNTED_FOR_MS) return known.sessions;
  try {
    const sessions = await run(sessionCount());
    learned.counted = { sessions, at: Date.now() };
    return sessions;
  } catch (error) {
    if (error instanceof PermissionDeniedError) learned.canCount = false;
    return undefined;
  }
}

/**
 * The presence of each item's contact. A contact on another server, or without a local part, is unavailable.
 *
 * Asks for each contact, or for each that is online, or for all sessions of the server at once. The cheapest way depends
 * on the number of contacts, of users online, and of sessions.
 */
export async function presencesOf(
  run: Run,
  items: readonly RosterItem[],
  overview: Overview,
  learned: LearnedWays,
): Promise<readonly Presence[]> {
  const contacts = items.map(({ jid }) => contactOf(jid));
  const maybeOnline = overview.allSessions === undefined ? await onlineTest(run, contacts, overview) : () => true;
  const asked = contacts.filter(maybeOnline);
  const sessions = overview.allSessions ?? (await readAllSessions(run, asked.length, overview.sessionCount, learned));
  const presences = sessions === undefined ? await askEach(run, asked) : undefined;
  return contacts.map(({ bareJid }) => presences?.get(bareJid) ?? bestPresence(sessions?.get(bareJid) ?? []));
}

function contactOf(jid: string): Contact {
  const { local, domain } = splitJid(jid);
  return { local, domain, bareJid: formatJid({ local, domain, resource: '' }) };
}

/** A few at a time, because calls that wait for a connection cost memory. */
async function askEach(run: Run, contacts: readonly Contact[]): Promise<ReadonlyMap<string, Presence>> {
  const presences = new Map<string, Presence>();
  const left = contacts.values();
  const worker = async () => {
    for (const contact of left) presences.set(contact.bareJid, await ask(run, contact));
  };
  await Promise.all(Array.from({ length: ASKED_AT_A_TIME }, worker));
  return presences;
}

async function ask(run: Run, { local, domain }: Contact): Promise<Presence> {
  return local === '' ? UNAVAILABLE : bestPresence(await sessionsOf(run, { local, domain, resource: '' }));
}

/** A test that is false only for contacts that are known to be offline. */
async function onlineTest(
  run: Run,
  contacts: readonly Contact[],
  { sessionCount: count, onlineUsers }: Overview,
): Promise<(contact: Contact) => boolean> {
  const least = count === undefined ? LIST_FROM : Math.max(2, count * ONLINE_USER_COST);
  const crowds = [...Map.groupBy(contacts, ({ domain }) => domain)]
    .filter(([host, users]) => users.length >= least && !onlineUsers.has(host))
    .map(([host]) => host);
  const online = new Map([...onlineUsers, ...(await readOnlineUsers(run, crowds))]);
  return ({ domain, bareJid }) => online.get(domain)?.has(bareJid) ?? true;
}

async function readOnlineUsers(run: Run, hosts: readonly string[]): Promise<OnlineUsers> {
  return new Map(await Promise.all(hosts.map(async (host) => [host, await onlineUsersOf(run, host)] as const)));
}

async function onlineUsersOf(run: Run, host: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const sessions = await run(connectedUsers(host)).catch(elseIfNotFound<readonly string[]>([]));
    return new Set(sessions.map((jid) => contactOf(jid).bareJid));
  } catch (error) {
    if (error instanceof PermissionDeniedError) return undefined;
    throw error;
  }
}

/**
 * All sessions of the server by bare JID.
 *
 * @param calls the most that this may cost
 * @returns `undefined` if it costs more, or if the command does not work. ejabberd crashes for a session whose address it
 *   does not know
 */
async function readAllSessions(
  run: Run,
  calls: number,
  count: number | undefined,
  learned: LearnedWays,
): Promise<Overview['allSessions']> {
  if (!learned.canReadAll || count === undefined || count * SESSION_COST >= calls) return undefined;
  try {
    const sessions = await run(allSessions());
    // There may be too many by now to read all of them again.
    learned.counted = { sessions: sessions.length, at: Date.now() };
    return Map.groupBy(sessions, ({ owner }) => owner);
  } catch (error) {
    if (!(error instanceof RostbeefError) || error instanceof EjabberdTimeoutError) throw error;
    learned.canReadAll = false;
    return undefined;
  }
}
