/** The calls of the classic servers: mod_rostbeef and ProcessOne's mod_xmlrpc, one for each method. */

import { errorOfCode } from '../../errors/index.ts';
import { formatJid, type Jid, sameJid } from '../../xmpp/jid.ts';
import { membersOf, ShapeError, textOr, textsOf } from '../answer-shape.ts';
import type { Session } from '../best-presence.ts';
import type { Command } from '../command.ts';
import type { RosterItem, Side } from '../dialect.ts';
import { rosterOf, showOf } from '../roster-items.ts';

/** mod_rostbeef's one code for whatever went wrong; its first releases wrote the reason in words instead. */
export const ANY_FAILURE = -1;

/** Whether `link_contacts` has the members `group1` and `group2`. */
export type LinkForm = 'plain' | 'grouped';

/** A contact with the sessions that the server tells of. */
export interface ContactSessions {
  readonly item: RosterItem;
  readonly sessions: readonly Session[];
}

/** What a roster holds of one contact. */
export interface Entry {
  readonly item: RosterItem | undefined;
  /** mod_rostbeef 1.0.0 leaves the subscription out. */
  readonly tellsSubscription: boolean;
}

/**
 * Links, and resolves to the server's code: 0; 1, 404 or -100 of mod_xmlrpc; or -1 of mod_rostbeef.
 *
 * mod_xmlrpc gives `group1` to the entry of jid2, in the roster of jid1, and `group2` to the other: the reverse of what
 * its documentation says and of what a caller of ours means by them (`link_contacts/7` of `mod_xmlrpc.erl`).
 */
export function linkContacts(side1: Side, side2: Side, form: LinkForm): Command<number> {
  const [jid1, jid2] = [formatJid(side1.owner), formatJid(side2.owner)];
  const args = { jid1, nick1: side2.nick, jid2, nick2: side1.nick };
  const groups = { group1: side1.group ?? '', group2: side2.group ?? '' };
  return command('link_contacts', code, form === 'grouped' ? { ...args, ...groups } : args);
}

/** Tells the servers apart by a link that can't run, for want of every member: mod_xmlrpc answers -100, mod_rostbeef crashes. */
export function probeLink(): Command<number> {
  return command('link_contacts', code, {});
}

/** Unlinks, and resolves to the server's code. */
export function unlinkContacts(jid1: Jid, jid2: Jid): Command<number> {
  return command('unlink_contacts', code, { jid1: formatJid(jid1), jid2: formatJid(jid2) });
}

/** The roster: a row a contact and group, or a list of groups with each contact, or its first group alone. */
export function getRoster(owner: Jid): Command<readonly RosterItem[]> {
  return rosterCommand(owner, rosterOf);
}

/** What the roster holds of a contact. */
export function getEntry(owner: Jid, contact: Jid): Command<Entry> {
  const jid = formatJid(contact);
  return rosterCommand(owner, (rows) => {
    const own = rows.filter((row) => sameJid(textOr(row['jid']), jid));
    return { item: rosterOf(own)[0], tellsSubscription: own.some((row) => 'subscription' in row) };
  });
}

/** The roster with presence: a list of sessions with each contact (mod_rostbeef), or one session flat (mod_xmlrpc). */
export function getRosterWithPresence(owner: Jid): Command<readonly ContactSessions[]> {
  const read = (answer: unknown) => {
    const rows = listOrCode(answer, owner).map(membersOf);
    const sessions = new Map(rows.map((row) => [textOr(row['jid']), sessionsOf(row)]));
    return rosterOf(rows.map(withSplitGroups)).map((item) => ({ item, sessions: sessions.get(item.jid) ?? [] }));
  };
  return { ...command('get_roster_with_presence', read, userArgs(owner)), large: true };
}

/** The sessions, each with its full JID (mod_rostbeef), or one struct (mod_xmlrpc). The offline are one without a resource. */
export function getPresence(user: Jid): Command<readonly Session[]> {
  const read = (answer: unknown) =>
    (Array.isArray(answer) ? answer : [valueOrCode(answer, user)]).map((row) => sessionOf(membersOf(row)));
  return command('get_presence', read, userArgs(user));
}

/** Every connected resource. */
export function getResources(user: Jid): Command<readonly string[]> {
  return command('get_resources', (answer) => textsOf(listOrCode(answer, user)), userArgs(user));
}

/**
 * Routes a stanza; to a bare JID, mod_rostbeef sends a copy to every resource. Its answer is an integer in all releases:
 * a string is no code, because it doesn't tell whether the stanza was routed.
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

/** The code of a link or unlink: the first releases of mod_rostbeef answer a failure with a string. */
function code(answer: unknown): number {
  return typeof answer === 'string' ? ANY_FAILURE : integer(answer);
}

function integer(answer: unknown): number {
  if (typeof answer !== 'number') throw new ShapeError('expected an integer');
  return answer;
}

/** Where something else is due, an integer is the code of what went wrong. */
function valueOrCode(answer: unknown, user: Jid): unknown {
  if (typeof answer !== 'number' || answer === 0) return answer;
  throw errorOfCode(answer, { detail: formatJid(user) });
}

function listOrCode(answer: unknown, user: Jid): readonly unknown[] {
  const list = valueOrCode(answer, user);
  if (!Array.isArray(list)) throw new ShapeError('expected a list');
  return list;
}

/** mod_xmlrpc of 2012 joins the groups of a contact with presence; mod_rostbeef has a row for each. */
function withSplitGroups(row: ReturnType<typeof membersOf>): ReturnType<typeof membersOf> {
  if (Array.isArray(row['presence']) || !('subscription' in row)) return row;
  return { ...row, groups: textOr(row['group']).split(';') };
}

function sessionsOf(row: ReturnType<typeof membersOf>): readonly Session[] {
  const { presence } = row;
  return Array.isArray(presence) ? presence.map(membersOf).map(sessionOf) : [sessionOf(row)];
}

/** The priority is an integer where the client sent none, and else a string; the session's age is not told. */
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
