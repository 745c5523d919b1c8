/** The commands of ejabberd that the functions run: their arguments, and how their answers read. */
import { BadRequestError, errorOfCode, ItemNotFoundError } from '../../errors/index.ts';
import { formatJid, type Jid } from '../../xmpp/jid.ts';
import { listIn, membersOf, resultCode, rowMembers, ShapeError, textOr, textsOf } from '../answer-shape.ts';
import type { Session } from '../best-presence.ts';
import type { Command } from '../command.ts';
import type { RosterItem } from '../dialect.ts';
import { isParserFault } from '../faults.ts';
import { rosterOf, showOf } from '../roster-items.ts';
import { large, read, write } from './make-command.ts';

/** Identifies a roster entry: the owner of the roster, and the contact. */
export interface EntryKey {
  readonly owner: Jid;
  readonly contact: Jid;
}

/** A roster entry to write. */
export interface EntryToWrite extends EntryKey {
  readonly nick: string;
  readonly groups: readonly string[];
  /** The ids of the shared roster groups that put the contact into the roster as well. */
  readonly sharedGroups?: readonly string[];
}

/** The argument for an entry's groups: up to 23.10 one string that is split at `;`, since 24.02 a list. */
export type GroupsArgument = 'group' | 'groups';

/**
 * Asks whether an account exists. An unknown vhost has none.
 *
 * @example
 * await run(checkAccount({ local: 'bob', domain: 'example.com', resource: '' })) // true
 */
export function checkAccount({ local, domain }: Jid): Command<boolean> {
  return read('check_account', { user: local, host: domain }, (answer) => resultCode(answer) === 0);
}

/** Reads the roster. It is empty for a user that does not exist. */
export function getRoster({ local, domain }: Jid): Command<readonly RosterItem[]> {
  return large(
    read('get_roster', { user: local, host: domain }, (answer) => rosterOf(listIn(answer, 'contacts').map(rowMembers))),
  );
}

/**
 * Adds or replaces an entry with subscription `both`. The server checks neither user, and keeps a pending request.
 *
 * @param argument the form of groups. With `group`, no group may contain `;`
 */
export function addRosterItem(
  { nick, groups, sharedGroups = [], ...key }: EntryToWrite,
  argument: GroupsArgument,
): Command<void> {
  const stored = groupsToSend(groups, sharedGroups, argument);
  const value = argument === 'group' ? stored.join(';') : stored;
  return write('add_rosteritem', { ...rosterItemArgs(key), nick, [argument]: value, subs: 'both' });
}

/**
 * Returns the groups to send so that ejabberd stores the contact with subscription `both`. ejabberd removes the id of each
 * shared group once. If no group is left, it stores the subscription `from`. An empty group counts, and rosters do not show
 * it. Observed on ejabberd 23.01, 24.12 and 26.07.
 *
 * @param sharedGroups the ids of the shared roster groups that put the contact into the roster
 */
function groupsToSend(
  groups: readonly string[],
  sharedGroups: readonly string[],
  argument: GroupsArgument,
): readonly string[] {
  if (sharedGroups.length === 0) return groups;
  if (groups.length > 0) return groups.flatMap((group) => (sharedGroups.includes(group) ? [group, group] : [group]));
  // The form `group` loses empty groups at its end. So the id of a shared group follows, which ejabberd removes.
  return argument === 'groups' ? [''] : ['', ...sharedGroups.filter(isOneGroup).slice(0, 1)];
}

/** Tells whether the form `group` can hold a group, because it splits groups at `;`. */
export function isOneGroup(group: string): boolean {
  return !group.includes(';');
}

/**
 * Asks for the form of groups by an `add_rosteritem` that can't run, because it lacks `subs`. ejabberd names the first
 * missing argument. Before 24.02 that is `group`. The call needs only the permission that linking needs.
 *
 * @param key any entry
 * @example
 * await run(probeGroupsArgument({ owner: alice, contact: bob })) // 'groups'
 */
export function probeGroupsArgument(key: EntryKey): Command<GroupsArgument> {
  return {
    name: 'add_rosteritem',
    args: { ...rosterItemArgs(key), nick: '', groups: [] },
    host: key.owner.domain,
    idempotent: true,
    read: () => {
      throw new ShapeError('expected a fault for the missing subs');
    },
    readFault: ({ code, text }) => {
      // A release that checks for unknown arguments first refuses `groups`.
      if (code === -120) return 'group';
      if (code !== -116) return undefined;
      if (text.startsWith("Error -116\nRequired attribute 'group' not found")) return 'group';
      return text.startsWith("Error -116\nRequired attribute 'subs' not found") ? 'groups' : undefined;
    },
  };
}

/** Removes an entry. Removing a missing entry is no error. */
export function deleteRosterItem(key: EntryKey): Command<void> {
  return write('delete_rosteritem', rosterItemArgs(key));
}

/** Lists every connected resource, in no order. */
export function userResources({ local, domain }: Jid): Command<readonly string[]> {
  return read('user_resources', { user: local, host: domain }, (answer) => textsOf(listIn(answer, 'resources')));
}

/** Reads every session of a user with its presence. */
export function userSessions({ local, domain }: Jid): Command<readonly Session[]> {
  return read('user_sessions_info', { user: local, host: domain }, (answer) =>
    listIn(answer, 'sessions_info').map(sessionOf),
  );
}

/** Lists the full JID of every session of a vhost. */
export function connectedUsers(host: string): Command<readonly string[]> {
  return large(read('connected_users_vhost', { host }, (answer) => textsOf(listIn(answer, 'connected_users_vhost'))));
}

/** Counts the sessions of the server, on all its vhosts. */
export function sessionCount(): Command<number> {
  return read('connected_users_number', {}, (answer) => {
    const count = membersOf(answer)['num_sessions'];
    if (typeof count !== 'number') throw new ShapeError('expected the integer num_sessions');
    return count;
  });
}

/** Reads every session of the server with its presence, and the bare JID of its user. */
export function allSessions(): Command<readonly (Session & { readonly owner: string })[]> {
  return large(
    read('connected_users_info', {}, (answer) =>
      listIn(answer, 'connected_users_info').map((row) => {
        const jid = textOr(rowMembers(row)['jid']);
        return { ...sessionOf(row), owner: jid.slice(0, jid.indexOf('/')) };
      }),
    ),
  );
}

/**
 * Lists the server's vhosts.
 *
 * @example
 * await run(registeredVhosts()) // ['example.com']
 */
export function registeredVhosts(): Command<readonly string[]> {
  return read('registered_vhosts', {}, (answer) => textsOf(listIn(answer, 'vhosts')));
}

/**
 * Sets an account's password. A second call sets the same password again. The command throws an `ItemNotFoundError` if there
 * is no such account.
 *
 * @example
 * await run(changePassword({ local: 'rostbeef', domain: 'example.com', resource: '' }, password))
 */
export function changePassword({ local, domain }: Jid, password: string): Command<void> {
  return {
    ...write('change_password', { user: local, host: domain, newpass: password }),
    readFault: ({ text }) => {
      if (!text.startsWith(`Error -118\nA problem '{not_found,"unknown_user"}'`)) return undefined;
      throw new ItemNotFoundError({ detail: `${local}@${domain}` });
    },
  };
}

/** Routes a stanza. Success means that the server accepted it, not that a client has received it. */
export function sendStanza(from: Jid, to: Jid, stanza: string): Command<void> {
  return {
    name: 'send_stanza',
    args: { from: formatJid(from), to: formatJid(to), stanza },
    idempotent: false,
    read: (answer) => {
      const code = resultCode(answer);
      // Since 24.02 a stanza that can't be parsed is `res` 1, without a reason. Before, it was a fault.
      if (code !== 0) throw errorOfCode(code === 1 ? 400 : code);
    },
    readFault: (fault) => {
      if (isParserFault(fault)) throw new BadRequestError();
      return undefined;
    },
  };
}

function rosterItemArgs({ owner, contact }: EntryKey): Record<string, string> {
  return { localuser: owner.local, localhost: owner.domain, user: contact.local, host: contact.domain };
}

function sessionOf(row: unknown): Session {
  const session = rowMembers(row);
  return {
    resource: textOr(session['resource']),
    priority: numberOr(session['priority']),
    uptime: numberOr(session['uptime']),
    show: showOf(session['status']),
    status: textOr(session['statustext']),
  };
}

function numberOr(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
