/** How the presence of many is read, in whichever way costs the server least. */

import { EjabberdTimeoutError, PermissionDeniedError, RostbeefError } from '../../errors/index.ts';
import { domainOf, splitJid } from '../../xmpp/jid.ts';
import { bestPresence, type Session } from '../best-presence.ts';
import { elseIfNotFound } from '../command-errors.ts';
import { type Presence, type RosterItem, UNAVAILABLE } from '../dialect.ts';
import type { Run } from '../run-command.ts';
import { sessionsOf } from './accounts.ts';
import { allSessions, connectedUsers, sessionCount } from './commands.ts';

/**
 * What the ways cost, in calls of `user_sessions_info`: to list one session in `connected_users_vhost`, and to tell of one
 * in `connected_users_info` (`npm run bench -- presence` measures them).
 */
const LISTED = 0.03;
const TOLD = 0.28;

/** What costs no more than so many calls is read beside the roster, before anything is known of that. */
const LITTLE = 80;

/** From so many contacts of one vhost on the list is worth its call, where nobody knows how long it is. */
const LIST_FROM = 10;

/** More than a container has connections, so that none is idle. */
const ASKED_AT_A_TIME = 20;

/**
 * How long the number of sessions is taken for what it was: ejabberd counts them one by one, 20 ms for 20,000, and a wrong
 * number costs time alone.
 */
const COUNTED_FOR_MS = 10_000;

/** Which of the commands that only save time a container has found out not to work for it, and what it knows of the server. */
export interface LearnedWays {
  count: boolean;
  tell: boolean;
  /** The number of sessions, and when that was. */
  counted?: { readonly sessions: number; readonly at: number };
}

/** What is known of everybody's sessions before any contact is. */
export interface Overview {
  /** How many the server has; `undefined` where the account may not ask. */
  readonly count: number | undefined;
  /** All of them by bare JID, where there are few. */
  readonly told: ReadonlyMap<string, readonly Session[]> | undefined;
  /** Who is connected on some vhosts. */
  readonly listed: Connected;
}

/** Who is connected by vhost; `undefined` where the account may not ask. */
type Connected = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/**
 * Counts the sessions of the server, and reads all of them where they are few; where they are some, who has them.
 *
 * @param host the vhost that most contacts will be on
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
 * The presence of each item's contact. One on another server, or without a local part, is unavailable to this one.
 *
 * Asks for each contact, or only for those on the list of who is connected, or for the sessions of the whole server at
 * once: whichever is least by the number of contacts, of connected ones, and of sessions.
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

/** A few at a time: the connections are shared, and what waits for one costs memory and time. */
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

/** A test that is false for those contacts alone that are known not to be connected. */
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
 * The sessions of everybody by bare JID; `undefined` where that costs more than so many calls, or does not work: the
 * command crashes for a session whose address ejabberd does not know.
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
    // They may have become too many to be told of once more.
    learned.counted = { sessions: sessions.length, at: Date.now() };
    return Map.groupBy(sessions, ({ owner }) => owner);
  } catch (error) {
    if (!(error instanceof RostbeefError) || error instanceof EjabberdTimeoutError) throw error;
    learned.tell = false;
    return undefined;
  }
}
