/** The stock commands used, with their arguments and how their answers read; `mod_admin_extra` has all but the last. */
import { errorOfCode } from '../errors/index.ts';
import { formatJid, type Jid } from '../jid.ts';
import type { Pending, RosterItem, Show, Side, Subscription } from './dialect.ts';
import type { Fault } from './faults.ts';
import { itemText, listIn, resultCode, rowMembers, ShapeError, textOr, textsOf } from './shape.ts';

/** One call of a command. */
export interface Command<T> {
  readonly name: string;
  readonly args: Readonly<Record<string, string | readonly string[]>>;
  /** Whether running it twice does what running it once does. */
  readonly idempotent: boolean;
  /** Reads the answer; throws a ShapeError where it is none, or the error that it reports. */
  readonly read: (answer: unknown) => T;
  /** Reads a fault that is an answer as well; `undefined` for one that is not. */
  readonly readFault?: (fault: Fault) => T | undefined;
}

/** A connected resource, as `user_sessions_info` tells it. */
export interface Session {
  readonly resource: string;
  readonly priority: number;
  /** Seconds since it connected. */
  readonly uptime: number;
  readonly show: Show;
  readonly status: string;
}

/** How a release takes a roster item's groups: up to 23.10 one string split at `;`, since 24.02 a list. */
export type GroupsArgument = 'group' | 'groups';

const SUBSCRIPTIONS: readonly Subscription[] = ['none', 'from', 'to', 'both'];
const SHOWS: readonly Show[] = ['available', 'chat', 'away', 'dnd', 'xa', 'unavailable'];

/** ejabberd's names for a pending request: `undefined` and `subscribe` in all releases seen, the others in its source. */
const PENDING_OF_ASK: ReadonlyMap<string, Pending> = new Map([
  ['subscribe', 'out'],
  ['out', 'out'],
  ['in', 'in'],
  ['both', 'both'],
]);

/** Whether the account exists; an unknown vhost has none. */
export function checkAccount({ local, domain }: Jid): Command<boolean> {
  return read('check_account', { user: local, host: domain }, (answer) => resultCode(answer) === 0);
}

/** The roster, empty also for a user that does not exist. */
export function getRoster({ local, domain }: Jid): Command<readonly RosterItem[]> {
  return read('get_roster', { user: local, host: domain }, (answer) => rosterOf(listIn(answer, 'contacts')));
}

/** Adds or replaces one side's entry, with subscription `both`. Checks neither user; keeps a pending request. */
export function addRosterItem({ owner, contact, nick, group }: Side, argument: GroupsArgument): Command<void> {
  const groups = argument === 'group' ? group : [group].filter((name) => name !== '');
  return write('add_rosteritem', { ...rosterItemArgs(owner, contact), nick, [argument]: groups, subs: 'both' });
}

/**
 * Asks for the release by an `add_rosteritem` that can't run, for want of `subs`: ejabberd names the first argument
 * that it misses, and before 24.02 that is `group`. It takes no other permission than linking itself.
 */
export function probeGroupsArgument({ owner, contact }: Pick<Side, 'owner' | 'contact'>): Command<GroupsArgument> {
  return {
    name: 'add_rosteritem',
    args: { ...rosterItemArgs(owner, contact), nick: '', groups: [] },
    idempotent: true,
    read: () => {
      throw new ShapeError('a fault for the missing subs is due');
    },
    readFault: ({ code, text }) => {
      // The argument `groups` is one too many, should a release look for those first.
      if (code === -120) return 'group';
      if (code !== -116) return undefined;
      if (text.startsWith("Error -116\nRequired attribute 'group' not found")) return 'group';
      return text.startsWith("Error -116\nRequired attribute 'subs' not found") ? 'groups' : undefined;
    },
  };
}

/** Removes one side's entry, also one that is not there. */
export function deleteRosterItem({ owner, contact }: Pick<Side, 'owner' | 'contact'>): Command<void> {
  return write('delete_rosteritem', rosterItemArgs(owner, contact));
}

/** Every connected resource, in no order. */
export function userResources({ local, domain }: Jid): Command<readonly string[]> {
  return read('user_resources', { user: local, host: domain }, (answer) => textsOf(listIn(answer, 'resources')));
}

/** Every session with its presence. */
export function userSessions({ local, domain }: Jid): Command<readonly Session[]> {
  return read('user_sessions_info', { user: local, host: domain }, (answer) =>
    listIn(answer, 'sessions_info').map(sessionOf),
  );
}

/** The full JID of every session of a vhost. */
export function connectedUsers(host: string): Command<readonly string[]> {
  return read('connected_users_vhost', { host }, (answer) => textsOf(listIn(answer, 'connected_users_vhost')));
}

/** The server's vhosts. */
export function registeredVhosts(): Command<readonly string[]> {
  return read('registered_vhosts', {}, (answer) => textsOf(listIn(answer, 'vhosts')));
}

/** Routes a stanza. Its answer tells that the server took it, not that a client has it. */
export function sendStanza(from: Jid, to: Jid, stanza: string): Command<void> {
  return {
    name: 'send_stanza',
    args: { from: formatJid(from), to: formatJid(to), stanza },
    idempotent: false,
    read: (answer) => {
      const code = resultCode(answer);
      // Since 24.02 a stanza that can't be read is `res` 1, without a reason; before, a fault.
      if (code !== 0) throw errorOfCode(code === 1 ? 400 : code);
    },
  };
}

function read<T>(name: string, args: Command<T>['args'], reader: Command<T>['read']): Command<T> {
  return { name, args, idempotent: true, read: reader };
}

function write(name: string, args: Command<void>['args']): Command<void> {
  return read(name, args, (answer) => {
    const code = resultCode(answer);
    if (code !== 0) throw errorOfCode(code);
  });
}

function rosterItemArgs(owner: Jid, contact: Jid): Record<string, string> {
  return { localuser: owner.local, localhost: owner.domain, user: contact.local, host: contact.domain };
}

/** Up to 23.01 a contact has one row a group; 23.10 renamed `ask` to `pending` and `group` to the list `groups`. */
function rosterOf(rows: readonly unknown[]): readonly RosterItem[] {
  const items = new Map<string, RosterItem>();
  for (const row of rows.map(rowMembers)) {
    const jid = textOr(row['jid']);
    const groups = Array.isArray(row['groups']) ? row['groups'].map(itemText) : [textOr(row['group'])];
    const subscription = SUBSCRIPTIONS.find((known) => known === row['subscription']) ?? 'none';
    items.set(jid, {
      jid,
      nick: textOr(row['nick']),
      groups: sortedUnique([...(items.get(jid)?.groups ?? []), ...groups].filter((group) => group !== '')),
      subscription,
      pending: PENDING_OF_ASK.get(textOr(row['pending'] ?? row['ask'])) ?? 'none',
    });
  }
  return [...items.values()].sort((a, b) => byCodeUnit(a.jid, b.jid));
}

function sessionOf(row: unknown): Session {
  const session = rowMembers(row);
  // "offline" is a session whose process did not answer within ejabberd's second.
  const show = session['status'] === 'offline' ? 'unavailable' : SHOWS.find((known) => known === session['status']);
  return {
    resource: textOr(session['resource']),
    priority: numberOr(session['priority']),
    uptime: numberOr(session['uptime']),
    show: show ?? 'available',
    status: textOr(session['statustext']),
  };
}

function numberOr(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function sortedUnique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(byCodeUnit);
}

/** The order that every sorted result has. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
