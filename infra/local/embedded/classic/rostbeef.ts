/** mod_rostbeef of October 2008, as it behaves. Its documentation differs in places. */
import { bareJid, splitJid, type User } from '../jid.ts';
import type { Value } from '../reply.ts';
import type { Item } from '../roster.ts';
import { parseStanza } from '../stanza.ts';
import { fullJid, type ServerState, type Session } from '../state.ts';
import { Crash, childText, type Members, type Methods, showOf } from './handler.ts';

/** The methods of 1.0.2. Members may have any order, unknown ones are ignored, and a missing one is a crash. */
export const rostbeefMethods: Methods = new Map<string, (members: Members, state: ServerState) => Value>([
  ['link_contacts', linkContacts],
  ['unlink_contacts', unlinkContacts],
  ['get_roster', (members, state) => rows(userOf(members), state, () => ({}))],
  [
    'get_roster_with_presence',
    (members, state) => rows(userOf(members), state, (contact) => ({ presence: presenceOf(contact, state) })),
  ],
  ['get_presence', getPresence],
  ['get_resources', (members, state) => state.sessionsOf(userOf(members)).map(({ resource }) => resource)],
  ['send_stanza', sendStanza],
]);

/** Writes the first side before it checks the second. Only the owner of each side must exist. */
function linkContacts(members: Members, state: ServerState): Value {
  const [jid1, nick1, jid2, nick2] = take(members, 'jid1', 'nick1', 'jid2', 'nick2').map(String);
  const [one, other] = [splitJid(jid1 ?? ''), splitJid(jid2 ?? '')];
  if (one === undefined || other === undefined) return -1;
  const write = (owner: User, contact: User, nick = '') => {
    if (!state.exists(owner)) return false;
    state.rosters.remove(bareJid(owner), bareJid(contact));
    state.addItem(owner, bareJid(contact), { nick, groups: [], subscription: 'both' });
    return true;
  };
  return write(one, other, nick2) && write(other, one, nick1) ? 0 : -1;
}

function unlinkContacts(members: Members, state: ServerState): Value {
  const [one, other] = take(members, 'jid1', 'jid2').map(splitJid);
  if (one === undefined || other === undefined) return -1;
  const remove = (owner: User, contact: User) => {
    if (!state.exists(owner)) return false;
    state.removeItem(owner, bareJid(contact));
    return true;
  };
  return remove(one, other) && remove(other, one) ? 0 : -1;
}

/** Returns a row for each group, or one with an empty group. Incoming requests are left out. */
function rows(owner: User, state: ServerState, more: (contact: User) => Record<string, Value>): Value {
  return state.rosters.shown(bareJid(owner)).flatMap(({ jid, nick, groups, subscription, ask }: Item): Value[] => {
    const common = { subscription, pending: ask, ...more(splitJid(jid) ?? { local: '', host: '' }) };
    return (groups.length > 0 ? groups : ['']).map((group) => ({ jid, group, nick, ...common }));
  });
}

function presenceOf(contact: User, state: ServerState): Value[] {
  const all = tracked(contact, state).map((session) => ({ resource: session.resource, ...stateOf(session) }));
  return all.length > 0 ? all : [{ resource: '', ...OFFLINE }];
}

/** Returns all sessions in no order. An offline or unknown user is one row with the bare JID. */
function getPresence(members: Members, state: ServerState): Value {
  const user = userOf(members);
  const sessions = tracked(user, state).map((session) => ({ jid: fullJid(session), ...stateOf(session) }));
  return sessions.length > 0 ? sessions : [{ jid: bareJid(user), ...OFFLINE }];
}

const OFFLINE = { show: 'unavailable', status: '', priority: 0 } as const;

/** The priority is a string, or the integer 0 if the client sent none. */
function stateOf(session: Session) {
  const priority = childText(session, 'priority');
  return { show: showOf(session), status: childText(session, 'status'), priority: priority === '' ? 0 : priority };
}

/** Its hooks are on the first vhost only. */
function tracked(user: User, state: ServerState): readonly Session[] {
  if (user.host !== state.hosts[0]) return [];
  return state.sessionsOf(user).filter(({ presence }) => presence !== undefined);
}

/** The arguments override the stanza’s addresses. A stanza to a bare JID is copied to every resource. */
function sendStanza(members: Members, state: ServerState): Value {
  const [from = '', to = '', text = ''] = take(members, 'from', 'to', 'stanza');
  const [stanza, target] = [parseStanza(text), splitJid(to)];
  if (stanza === undefined || target === undefined) throw new Crash();
  if (splitJid(from) === undefined) return 0;
  const sessions = target.resource === '' ? state.sessionsOf(target) : [];
  for (const receiver of sessions.length > 0 ? sessions.map(fullJid) : [to]) state.route(from, receiver, stanza);
  return 0;
}

/** Names are not prepared, so look-ups are case-sensitive. */
function userOf(members: Members): User {
  const [local = '', host = ''] = take(members, 'user', 'server');
  return { local, host };
}

function take(members: Members, ...names: readonly string[]): readonly string[] {
  return names.map((name) => {
    const value = members.get(name);
    if (value === undefined) throw new Crash();
    return value;
  });
}
