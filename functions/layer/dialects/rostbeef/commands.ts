/** Defines the calls of the classic servers, mod_rostbeef and ProcessOne's mod_xmlrpc: one for each method. */

import { errorOfCode } from '../../errors/index.ts';
import { formatJid, type Jid, sameJid } from '../../xmpp/jid.ts';
import { membersOf, ShapeError, textOr, textsOf } from '../answer-shape.ts';
import type { Session } from '../best-presence.ts';
import type { Command } from '../command.ts';
import type { RosterItem, Side } from '../dialect.ts';
import { rosterOf, showOf } from '../roster-items.ts';

/** The code of mod_rostbeef for every failure. Its first releases answered the reason in words. */
export const ANY_FAILURE = -1;

/** Whether `link_contacts` has the members `group1` and `group2`. */
export type LinkForm = 'plain' | 'grouped';

/** A contact with its sessions. */
interface ContactSessions {
  readonly item: RosterItem;
  readonly sessions: readonly Session[];
}

/** The entry of one contact in a roster. */
export interface Entry {
  readonly item: RosterItem | undefined;
  /** Whether the response has subscriptions. mod_rostbeef 1.0.0 leaves them out. */
  readonly tellsSubscription: boolean;
}

/**
 * Links two users, and returns the server's code: 0; 1, 404 or -100 of mod_xmlrpc; or -1 of mod_rostbeef.
 *
 * mod_xmlrpc gives `group1` to the entry of jid2, in the roster of jid1, and `group2` to the other entry. That is the reverse
 * of its documentation and of this API (`link_contacts/7` of `mod_xmlrpc.erl`).
 */
export function linkContacts(side1: Side, side2: Side, form: LinkForm): Command<number> {
  const [jid1, jid2] = [formatJid(side1.owner), formatJid(side2.owner)];
  const args = { jid1, nick1: side2.nick, jid2, nick2: side1.nick };
  const groups = { group1: side1.group ?? '', group2: side2.group ?? '' };
  return command('link_contacts', code, form === 'grouped' ? { ...args, ...groups } : args);
}

/** Tells the servers apart by a link without members, which can't run: mod_xmlrpc answers -100, mod_rostbeef crashes. */
export function probeLink(): Command<number> {
  return command('link_contacts', code, {});
}

/** Unlinks two users, and returns the server's code. */
export function unlinkContacts(jid1: Jid, jid2: Jid): Command<number> {
  return command('unlink_contacts', code, { jid1: formatJid(jid1), jid2: formatJid(jid2) });
}

/** Reads the roster. A row has a contact and one group, or a list of groups, or only the first group. */
export function getRoster(owner: Jid): Command<readonly RosterItem[]> {
  return rosterCommand(owner, rosterOf);
}

/** Reads the entry of a contact. */
export function getEntry(owner: Jid, contact: Jid): Command<Entry> {
  const jid = formatJid(contact);
  return rosterCommand(owner, (rows) => {
    const own = rows.filter((row) => sameJid(textOr(row['jid']), jid));
    return { item: rosterOf(own)[0], tellsSubscription: own.some((row) => 'subscription' in row) };
  });
}

/** Reads the roster with presence. A contact has a list of sessions (mod_rostbeef), or the members of one (mod_xmlrpc). */
export function getRosterWithPresence(owner: Jid): Command<readonly ContactSessions[]> {
  const read = (answer: unknown) => {
    const rows = listOrCode(answer, owner).map(membersOf);
    const sessions = new Map(rows.map((row) => [textOr(row['jid']), sessionsOf(row)]));
    return rosterOf(rows.map(withSplitGroups)).map((item) => ({ item, sessions: sessions.get(item.jid) ?? [] }));
  };
  return { ...command('get_roster_with_presence', read, userArgs(owner)), large: true };
}

/** Reads the sessions: a list with full JIDs (mod_rostbeef), or one struct (mod_xmlrpc). An offline user has no resource. */
export function getPresence(user: Jid): Command<readonly Session[]> {
  const read = (answer: unknown) =>
    (Array.isArray(answer) ? answer : [valueOrCode(answer, user)]).map((row) => sessionOf(membersOf(row)));
  return command('get_presence', read, userArgs(user));
}

/** Lists every connected resource. */
export function getResources(user: Jid): Command<readonly string[]> {
  return command('get_resources', (answer) => textsOf(listOrCode(answer, user)), userArgs(user));
}

/**
 * Sends a stanza. mod_rostbeef sends a copy to every resource of a bare JID. The response is an integer in all releases.
 * A string is not accepted as a code, because it does not tell whether the stanza was routed.
 */
export function sendStanza(from: Jid, to: Jid, stanza: string): Command<void> {
  const read = (answer: unknown) => {
    const result = integer(answer);
    if (result !== 0) throw errorOfCode(result === 1 ? 400 : result);
  };
  const args = { from: formatJid(from), to: formatJid(to), stanza };
  return { ...command('send_stanza', read, args), idempotent: false };
}

function command<T>(name: string, read: (answer: unknown) => T, args: Command<T>['args']): Command<T> {
  return { name, args, idempotent: true, read };
}

function rosterCommand<T>(owner: Jid, read: (rows: readonly ReturnType<typeof membersOf>[]) => T): Command<T> {
  const rows = (answer: unknown) => listOrCode(answer, owner).map(membersOf);
  return { ...command('get_roster', (answer) => read(rows(answer)), userArgs(owner)), large: true };
}

function userArgs({ local, domain }: Jid): Record<string, string> {
  return { user: local, server: domain };
}

/** Reads the code of a link or unlink. The first releases of mod_rostbeef answer a failure with a string. */
function code(answer: unknown): number {
  return typeof answer === 'string' ? ANY_FAILURE : integer(answer);
}

function integer(answer: unknown): number {
  if (typeof answer !== 'number') throw new ShapeError('expected an integer');
  return answer;
}

/** Throws the error of a code. An integer in place of another value is the code of a failure. */
function valueOrCode(answer: unknown, user: Jid): unknown {
  if (typeof answer !== 'number' || answer === 0) return answer;
  throw errorOfCode(answer, { detail: formatJid(user) });
}

function listOrCode(answer: unknown, user: Jid): readonly unknown[] {
  const list = valueOrCode(answer, user);
  if (!Array.isArray(list)) throw new ShapeError('expected a list');
  return list;
}

/** Splits the groups of a contact with presence. mod_xmlrpc of 2012 joins them; mod_rostbeef has a row for each. */
function withSplitGroups(row: ReturnType<typeof membersOf>): ReturnType<typeof membersOf> {
  if (Array.isArray(row['presence']) || !('subscription' in row)) return row;
  return { ...row, groups: textOr(row['group']).split(';') };
}

function sessionsOf(row: ReturnType<typeof membersOf>): readonly Session[] {
  const { presence } = row;
  return Array.isArray(presence) ? presence.map(membersOf).map(sessionOf) : [sessionOf(row)];
}

/** Reads a session. The priority is an integer if the client sent none, and a string otherwise. The age is not known. */
function sessionOf(row: ReturnType<typeof membersOf>): Session {
  const jid = textOr(row['jid']);
  return {
    resource: textOr(row['resource']) || (jid.includes('/') ? jid.slice(jid.indexOf('/') + 1) : ''),
    priority: Number(row['priority'] ?? 0) || 0,
    uptime: 0,
    show: showOf(row['show']),
    status: textOr(row['status']),
  };
}
