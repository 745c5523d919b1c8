/** Reads the presence of many contacts by the cheapest commands. All ways have the same result. */

import { EjabberdTimeoutError, ItemNotFoundError, PermissionDeniedError, RostbeefError } from '../../errors/index.ts';
import { formatJid, splitJid } from '../../xmpp/jid.ts';
import { bestPresence, type Session } from '../best-presence.ts';
import { elseIf } from '../command-errors.ts';
import { type Presence, type RosterItem, UNAVAILABLE } from '../dialect.ts';
import type { Run } from '../run-command.ts';
import { sessionsOf } from './accounts.ts';
import { allSessions, connectedUsers, sessionCount } from './commands.ts';

/**
 * The cost of one session in the response of `connected_users_vhost` and of `connected_users_info`. The unit is one call of
 * `user_sessions_info`. `npm run bench -- presence` measures both.
 */
const ONLINE_USER_COST = 0.03;
const SESSION_COST = 0.28;

/** Up to this cost, presence is read at the same time as the roster. */
const MAX_EAGER_COST = 80;

/** If the number of sessions is unknown, the online users of a vhost are listed for at least this number of contacts. */
const MIN_CONTACTS_TO_LIST = 10;

/** More than the connections that a container has by default, so that no connection is idle. */
const PARALLEL_CALLS = 20;

/**
 * The time for which the number of sessions is cached. ejabberd counts sessions one by one, which takes 20 ms for 20,000. A
 * wrong number costs only time.
 */
const COUNT_CACHE_MS = 10_000;

/** The facts that a container has learned: the commands that work for the account, and the number of sessions. */
export interface LearnedWays {
  /** Whether `connected_users_number` may work. */
  canCount: boolean;
  /** Whether `connected_users_info` may work. */
  canReadAll: boolean;
  /** The number of sessions, and the time of counting in milliseconds of `Date.now()`. */
  counted?: { readonly sessions: number; readonly at: number };
}

/** The sessions that are known before the roster is read. */
interface Overview {
  /** The number of the server's sessions; `undefined` if the account may not count them. */
  readonly sessionCount: number | undefined;
  /** All sessions by bare JID, if there are few. */
  readonly allSessions: ReadonlyMap<string, readonly Session[]> | undefined;
  readonly onlineUsers: OnlineUsers;
}

/** The bare JIDs that are connected, by vhost; `undefined` if the account may not list them. */
type OnlineUsers = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/** A contact, by the JID that its sessions have. */
interface Contact {
  readonly local: string;
  readonly domain: string;
  readonly bareJid: string;
}

/**
 * Counts the sessions of the server. If they are few, it reads all of them. If they are more, it lists the online users of
 * one vhost. If they are many, it reads nothing.
 *
 * @param host the vhost that most contacts are expected on
 */
export async function overviewOf(run: Run, host: string, learned: LearnedWays): Promise<Overview> {
  const count = learned.canCount ? await countSessions(run, learned) : undefined;
  const sessions = await readAllSessions(run, MAX_EAGER_COST, count, learned);
  const isListed = sessions === undefined && count !== undefined && count * ONLINE_USER_COST <= MAX_EAGER_COST;
  return {
    sessionCount: count,
    allSessions: sessions,
    onlineUsers: isListed ? await readOnlineUsers(run, [host]) : new Map(),
  };
}

async function countSessions(run: Run, learned: LearnedWays): Promise<number | undefined> {
  const { counted: known } = learned;
  if (known !== undefined && Date.now() - known.at < COUNT_CACHE_MS) return known.sessions;
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
 * Reads the presence of each item's contact. A contact on another server, or without a local part, is unavailable.
 *
 * It asks for each contact, for each contact that is online, or for all sessions of the server at once. The cheapest way
 * depends on the number of contacts, of online users, and of sessions.
 *
 * @returns the presences, in the order of the items
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

/** Asks for a few contacts at a time, because calls that wait for a connection need memory. */
async function askEach(run: Run, contacts: readonly Contact[]): Promise<ReadonlyMap<string, Presence>> {
  const presences = new Map<string, Presence>();
  const left = contacts.values();
  const worker = async () => {
    for (const contact of left) presences.set(contact.bareJid, await ask(run, contact));
  };
  await Promise.all(Array.from({ length: PARALLEL_CALLS }, worker));
  return presences;
}

async function ask(run: Run, { local, domain }: Contact): Promise<Presence> {
  return local === '' ? UNAVAILABLE : bestPresence(await sessionsOf(run, { local, domain, resource: '' }));
}

/** Returns a test that is false only for contacts that are known to be offline. */
async function onlineTest(
  run: Run,
  contacts: readonly Contact[],
  { sessionCount: count, onlineUsers }: Overview,
): Promise<(contact: Contact) => boolean> {
  const minContacts = count === undefined ? MIN_CONTACTS_TO_LIST : Math.max(2, count * ONLINE_USER_COST);
  const hosts = [...Map.groupBy(contacts, ({ domain }) => domain)]
    .filter(([host, users]) => users.length >= minContacts && !onlineUsers.has(host))
    .map(([host]) => host);
  const online = new Map([...onlineUsers, ...(await readOnlineUsers(run, hosts))]);
  return ({ domain, bareJid }) => online.get(domain)?.has(bareJid) ?? true;
}

async function readOnlineUsers(run: Run, hosts: readonly string[]): Promise<OnlineUsers> {
  return new Map(await Promise.all(hosts.map(async (host) => [host, await onlineUsersOf(run, host)] as const)));
}

async function onlineUsersOf(run: Run, host: string): Promise<ReadonlySet<string> | undefined> {
  const sessions = await run(connectedUsers(host))
    .catch(elseIf<readonly string[]>(ItemNotFoundError, []))
    .catch(elseIf(PermissionDeniedError, undefined));
  return sessions && new Set(sessions.map((jid) => contactOf(jid).bareJid));
}

/**
 * Reads all sessions of the server, by bare JID.
 *
 * @param maxCost the largest allowed cost
 * @returns `undefined` if it costs more, or if the command does not work. It crashes if ejabberd does not know the address of
 *   a session
 */
async function readAllSessions(
  run: Run,
  maxCost: number,
  count: number | undefined,
  learned: LearnedWays,
): Promise<Overview['allSessions']> {
  if (!learned.canReadAll || count === undefined || count * SESSION_COST >= maxCost) return undefined;
  try {
    const sessions = await run(allSessions());
    // The number may have grown since it was counted.
    learned.counted = { sessions: sessions.length, at: Date.now() };
    return Map.groupBy(sessions, ({ owner }) => owner);
  } catch (error) {
    if (!(error instanceof RostbeefError) || error instanceof EjabberdTimeoutError) throw error;
    learned.canReadAll = false;
    return undefined;
  }
}
