/** The commands of the embedded server, as in `mod_admin_extra` and the core of ejabberd. */
import type { Argument, Arguments } from './arguments.ts';
import { Fault, problemText } from './arguments.ts';
import { bareJid, prepared, splitJid, type User } from './jid.ts';
import { listReply, type Release, type Tuple, tupleReply, type Value } from './reply.ts';
import { parseStanza } from './stanza.ts';
import { fullJid, priorityOf, type ServerState, type Session } from './state.ts';

/** One command. */
export interface Command {
  readonly args: readonly Argument[];
  /** Whether it requires no permission. */
  readonly isOpen?: boolean;
  /** Returns `undefined` if the call crashes ejabberd’s process, which closes the connection without a response. */
  readonly run: (args: Arguments, state: ServerState, release: Release) => Value | undefined;
}

const USER: Argument = { names: ['user'] };
const HOST: Argument = { names: ['host', 'server'] };
const ACCOUNT: readonly Argument[] = [USER, { names: ['host'] }];
const PAIR: readonly Argument[] = [{ names: ['localuser'] }, { names: ['localhost', 'localserver'] }, USER, HOST];

const OK: Value = { res: 0 };

/** Returns the commands of a release by name. */
export function commandsOf(release: Release): ReadonlyMap<string, Command> {
  const group: Argument = release === '24.12' ? { names: ['groups'], isList: true } : { names: ['group'] };
  return new Map<string, Command>([
    [
      'echothis',
      { args: [{ names: ['thatthing'] }], isOpen: true, run: (args) => ({ thatthing: text(args, 'thatthing') }) },
    ],
    ['check_account', { args: ACCOUNT, run: (args, state) => ({ res: state.exists(userOf(args)) ? 0 : 1 }) }],
    ['get_roster', { args: [USER, HOST], run: getRoster }],
    ['add_rosteritem', { args: [...PAIR, { names: ['nick'] }, group, { names: ['subs'] }], run: addRosterItem }],
    ['delete_rosteritem', { args: PAIR, run: deleteRosterItem }],
    ['get_presence', { args: [USER, HOST], run: getPresence }],
    ['user_resources', { args: ACCOUNT, run: userResources }],
    ['user_sessions_info', { args: ACCOUNT, run: userSessionsInfo }],
    ['connected_users_info', { args: [], run: connectedUsersInfo }],
    ['connected_users_number', { args: [], run: (_, state) => ({ num_sessions: state.sessions.size }) }],
    ['connected_users_vhost', { args: [{ names: ['host'] }], run: connectedUsers }],
    ['stats_host', { args: [{ names: ['name'] }, { names: ['host'] }], run: statsHost }],
    ['registered_vhosts', { args: [], run: (_, state) => listReply(release, 'vhosts', 'vhost', state.hosts) }],
    ['send_stanza', { args: [{ names: ['from'] }, { names: ['to'] }, { names: ['stanza'] }], run: sendStanza }],
    // It has no shared roster groups.
    ['srg_list', { args: [{ names: ['host'] }], run: () => listReply(release, 'groups', 'id', []) }],
    ['register', { args: [...ACCOUNT, { names: ['password'] }], run: register }],
    ['unregister', { args: ACCOUNT, run: unregister }],
    ['change_password', { args: [...ACCOUNT, { names: ['newpass'] }], run: changePassword }],
  ]);
}

function getRoster(args: Arguments, state: ServerState, release: Release): Value {
  const items = state.rosters.shown(bareJid(userOf(args)));
  const askOf = (ask: string) => (ask === 'out' || ask === 'both' ? 'subscribe' : 'undefined');
  const rows = items.flatMap(({ jid, nick, subscription, ask, groups }): Tuple[] => {
    const row = { jid, nick, subscription };
    if (release === '24.12') return [{ ...row, pending: askOf(ask), groups }];
    return (groups.length > 0 ? groups : ['']).map((group) => ({ ...row, ask: askOf(ask), group }));
  });
  return listReply(release, 'contacts', 'contact', rows);
}

function addRosterItem(args: Arguments, state: ServerState, release: Release): Value | undefined {
  const pair = pairOf('add_rosteritem', args, state);
  const groups = release === '24.12' ? listArgument(args, 'groups') : text(args, 'group').replace(/;+$/, '').split(';');
  if (pair === undefined) return undefined;
  state.addItem(pair.owner, pair.contact, {
    nick: text(args, 'nick'),
    groups: groups.filter((name) => name !== ''),
    subscription: text(args, 'subs'),
  });
  return OK;
}

function deleteRosterItem(args: Arguments, state: ServerState): Value | undefined {
  const pair = pairOf('delete_rosteritem', args, state);
  if (pair === undefined) return undefined;
  state.removeItem(pair.owner, pair.contact);
  return OK;
}

/** ejabberd reports the resource that sorts last, regardless of priority. */
function getPresence(args: Arguments, state: ServerState, release: Release): Value {
  const [session] = sorted(state.sessionsOf(userOf(args))).reverse();
  const jid = `${text(args, 'user')}@${text(args, 'host')}`;
  const presence =
    session?.presence === undefined
      ? { jid, show: 'unavailable', status: '' }
      : { jid: `${jid}/${session.resource}`, show: showOf(session), status: statusOf(session) };
  return tupleReply(release, 'presence', presence);
}

function userResources(args: Arguments, state: ServerState, release: Release): Value {
  const resources = sorted(state.sessionsOf(userOf(args))).map(({ resource }) => resource);
  return listReply(release, 'resources', 'resource', resources);
}

function userSessionsInfo(args: Arguments, state: ServerState, release: Release): Value {
  const sessions = sorted(state.sessionsOf(userOf(args))).reverse();
  return listReply(release, 'sessions_info', 'session', sessions.map(sessionInfo));
}

function connectedUsersInfo(_: Arguments, state: ServerState, release: Release): Value {
  const rows = [...state.sessions].map((session) => ({ jid: fullJid(session), ...sessionInfo(session) }));
  return listReply(release, 'connected_users_info', 'session', rows);
}

function sessionInfo(session: Session): Tuple {
  return {
    connection: 'c2s',
    ip: '127.0.0.1',
    port: 5222,
    priority: priorityOf(session),
    node: 'nonode@nohost',
    uptime: Math.floor((performance.now() - session.connectedAt) / 1000),
    status: session.presence === undefined ? 'unavailable' : showOf(session),
    resource: session.resource,
    statustext: statusOf(session),
  };
}

function connectedUsers(args: Arguments, state: ServerState, release: Release): Value {
  const sessions = [...state.sessions].filter(({ host }) => host === text(args, 'host'));
  return listReply(release, 'connected_users_vhost', 'sessions', sessions.map(fullJid));
}

function statsHost(args: Arguments, state: ServerState): Value {
  const users = [...state.passwords.keys()].filter((jid) => jid.endsWith(`@${text(args, 'host')}`));
  const online = new Set([...state.sessions].filter(({ host }) => host === text(args, 'host')).map(bareJid));
  return { stat: text(args, 'name') === 'onlineusers' ? online.size : users.length };
}

function sendStanza(args: Arguments, state: ServerState, release: Release): Value {
  const [from, to, stanza] = [text(args, 'from'), text(args, 'to'), parseStanza(text(args, 'stanza'))];
  const areJids = splitJid(from) !== undefined && splitJid(to) !== undefined;
  if (stanza !== undefined && areJids) {
    state.route(from, to, stanza);
    return OK;
  }
  if (release === '24.12') return { res: 1 };
  throw new Fault(-118, problemText(areJids ? '<<"mismatched tag">>' : '"JID malformed"', 'send_stanza', args));
}

function register(args: Arguments, state: ServerState): Value {
  const user = userOf(args);
  if (state.exists(user)) throw new Fault(-118, `User ${bareJid(user)} already registered`);
  state.passwords.set(bareJid(user), text(args, 'password'));
  return { res: 0, text: `User ${bareJid(user)} successfully registered` };
}

function unregister(args: Arguments, state: ServerState): Value {
  state.unregister(userOf(args));
  return { res: 0, text: '' };
}

function changePassword(args: Arguments, state: ServerState): Value {
  if (!state.exists(userOf(args))) return { res: 1 };
  state.passwords.set(bareJid(userOf(args)), text(args, 'newpass'));
  return OK;
}

function userOf(args: Arguments): User {
  return { local: prepared(text(args, 'user')) ?? '', host: prepared(text(args, 'host')) ?? '' };
}

/** The users need not exist. An unknown vhost of the owner crashes the command. */
function pairOf(command: string, args: Arguments, state: ServerState): { owner: User; contact: string } | undefined {
  const part = (name: string) => (text(args, name) === '' ? '' : prepared(text(args, name)));
  const [local, host, user, server] = [part('localuser'), part('localhost'), part('user'), part('host')];
  const refuse = (names: string) => new Fault(-118, problemText(`"Invalid ${names}"`, command, args));
  if (local === undefined || host === undefined) throw refuse("'localuser'/'localserver'");
  if (user === undefined || server === undefined) throw refuse("'user'/'server'");
  if (!state.hosts.includes(host)) return undefined;
  return { owner: { local, host }, contact: bareJid({ local: user, host: server }) };
}

function sorted(sessions: readonly Session[]): Session[] {
  return [...sessions].sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

function showOf({ presence }: Session): string {
  return presence?.getChildText('show') ?? 'available';
}

function statusOf({ presence }: Session): string {
  return presence?.getChildText('status') ?? '';
}

function text(args: Arguments, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : '';
}

function listArgument(args: Arguments, name: string): readonly string[] {
  const value = args[name];
  return typeof value === 'object' ? value : [];
}
