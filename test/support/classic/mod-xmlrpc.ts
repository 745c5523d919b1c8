/** ProcessOne's mod_xmlrpc, whose documentation mod_rostbeef's is a copy of. */

import { Crash, childText, type Members, type Methods, showOf } from '../../../infra/local/embedded/classic/handler.ts';
import { bareJid, prepared, splitJid, type User } from '../../../infra/local/embedded/jid.ts';
import type { Value } from '../../../infra/local/embedded/reply.ts';
import type { Item } from '../../../infra/local/embedded/roster.ts';
import { parseStanza } from '../../../infra/local/embedded/stanza.ts';
import { priorityOf, type ServerState, type Session } from '../../../infra/local/embedded/state.ts';

/** `link_contacts` has groups since late 2010; what is read has all groups of a contact since 2012. */
export type XmlRpcYear = '2008' | '2010' | '2012';

/** Its methods. Each takes just its members, in any order: everything else is a crash. */
export function modXmlRpcMethods(year: XmlRpcYear): Methods {
  const about = (read: (user: User, state: ServerState) => Value) => (members: Members, state: ServerState) => {
    const [server = '', local = ''] = take(members, 'server', 'user');
    const user = { local: prepared(local) ?? '', host: prepared(server) ?? '' };
    return state.exists(user) ? read(user, state) : 404;
  };
  return new Map<string, (members: Members, state: ServerState) => Value>([
    ['link_contacts', year === '2008' ? linkWithoutGroups : linkWithGroups],
    ['unlink_contacts', unlinkContacts],
    ['get_roster', about((user, state) => rosterOf(user, state).map((item) => rowOf(item, year)))],
    [
      'get_roster_with_presence',
      about((user, state) => rosterOf(user, state).map((item) => rowWithPresence(item, state, year))),
    ],
    ['get_presence', about(presenceOf)],
    ['get_resources', about((user, state) => ranked(user, state).map(({ resource }) => resource))],
    ['send_stanza', sendStanza],
  ]);
}

function linkWithoutGroups(members: Members, state: ServerState): Value {
  const [jid1 = '', jid2 = '', nick1 = '', nick2 = ''] = take(members, 'jid1', 'jid2', 'nick1', 'nick2');
  return link(jid1, jid2, [nick2, ''], [nick1, ''], state);
}

/** Gives `group1` to the entry of jid2, against its documentation. */
function linkWithGroups(members: Members, state: ServerState): Value {
  const names = ['group1', 'group2', 'jid1', 'jid2', 'nick1', 'nick2'] as const;
  const [group1 = '', group2 = '', jid1 = '', jid2 = '', nick1 = '', nick2 = ''] = take(members, ...names);
  return link(jid1, jid2, [nick2, group1], [nick1, group2], state);
}

type NickAndGroup = readonly [nick: string, group: string];

/** A side that is linked ends it, so that the other is never mended. */
function link(jid1: string, jid2: string, entry1: NickAndGroup, entry2: NickAndGroup, state: ServerState): Value {
  const [one, other] = [userIn(jid1), userIn(jid2)];
  if (!state.exists(one) || !state.exists(other)) return 404;
  const add = (owner: User, contact: User, [nick, group]: NickAndGroup) => {
    const jid = bareJid(contact);
    if (state.rosters.find(bareJid(owner), jid)?.subscription === 'both') return false;
    state.rosters.remove(bareJid(owner), jid);
    state.addItem(owner, jid, { nick, groups: group === '' ? [] : [group], subscription: 'both' });
    return true;
  };
  return add(one, other, entry1) && add(other, one, entry2) ? 0 : 1;
}

function unlinkContacts(members: Members, state: ServerState): Value {
  const [one, other] = take(members, 'jid1', 'jid2').map(userIn);
  if (one === undefined || other === undefined) throw new Crash();
  if (!state.exists(one) || !state.exists(other)) return 404;
  state.removeItem(one, bareJid(other));
  state.removeItem(other, bareJid(one));
  return 0;
}

function rosterOf(user: User, state: ServerState): readonly Item[] {
  return state.rosters.shown(bareJid(user));
}

function rowOf({ jid, nick, groups, subscription, ask }: Item, year: XmlRpcYear): Record<string, Value> {
  const told = { jid, nick, subscription, pending: ask };
  return year === '2012' ? { ...told, groups: groups.length > 0 ? groups : '' } : { ...told, group: groups[0] ?? '' };
}

/** It means to tell the presence of those whom the user may see, and mixes up `from` and `to`. */
function rowWithPresence(item: Item, state: ServerState, year: XmlRpcYear): Value {
  const { jid, nick, groups, subscription, ask } = item;
  const contact = splitJid(jid);
  const best = contact !== undefined && ['both', 'from'].includes(subscription) ? bestOf(contact, state) : undefined;
  return {
    jid,
    resource: best?.resource ?? '',
    group: year === '2012' ? groups.join(';') : (groups[0] ?? ''),
    nick,
    subscription,
    pending: ask,
    ...stateOf(best),
  };
}

function presenceOf(user: User, state: ServerState): Value {
  const best = bestOf(user, state);
  return { jid: best === undefined ? bareJid(user) : `${bareJid(user)}/${best.resource}`, ...stateOf(best) };
}

function stateOf(session: Session | undefined) {
  if (session?.presence === undefined) return { show: 'unavailable', status: '' };
  return { show: showOf(session), status: childText(session, 'status') };
}

function bestOf(user: User, state: ServerState): Session | undefined {
  const [best] = ranked(user, state);
  return best !== undefined && (best.presence === undefined || priorityOf(best) >= 0) ? best : undefined;
}

/** By priority, the highest first. That of a session without presence is an atom, which Erlang sorts above any number. */
function ranked(user: User, state: ServerState): readonly Session[] {
  const rank = (session: Session) => (session.presence === undefined ? Number.POSITIVE_INFINITY : priorityOf(session));
  return [...state.sessionsOf(user)].sort((a, b) => rank(b) - rank(a) || 0);
}

/** The stanza's own addresses win over the arguments. */
function sendStanza(members: Members, state: ServerState): Value {
  const [from = '', text = '', to = ''] = take(members, 'from', 'stanza', 'to');
  const stanza = parseStanza(text);
  if (stanza === undefined) return 1;
  const [sender, receiver] = [String(stanza.attrs['from'] ?? from), String(stanza.attrs['to'] ?? to)];
  if (splitJid(sender) === undefined || splitJid(receiver) === undefined) throw new Crash();
  state.route(normalized(sender), normalized(receiver), stanza);
  return 0;
}

function normalized(jid: string): string {
  const { resource, ...user } = userIn(jid);
  return resource === '' ? bareJid(user) : `${bareJid(user)}/${resource}`;
}

function userIn(jid: string): User & { readonly resource: string } {
  const user = splitJid(jid);
  if (user === undefined) throw new Crash();
  return user;
}

/** The values of these members, of which there must be no other. */
function take(members: Members, ...names: readonly string[]): readonly string[] {
  if (members.size !== names.length || names.some((name) => !members.has(name))) throw new Crash();
  return names.map((name) => members.get(name) ?? '');
}
