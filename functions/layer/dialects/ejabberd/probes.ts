/**
 * Calls that examine a server and change nothing.
 *
 * ejabberd checks the credentials first. Then it closes the connection if the command does not exist, answers fault -116
 * if an argument is missing, and fault -118 if the permission is missing. Observed on 23.01, 24.12 and 26.07. So a call
 * that lacks an argument shows whether the command exists. Only a complete call shows whether the account may run it.
 */

import type { Jid } from '../../xmpp/jid.ts';
import { membersOf, ShapeError, textOr } from '../answer-shape.ts';
import type { Command } from '../command.ts';
import {
  addRosterItem,
  checkAccount,
  connectedUsers,
  deleteRosterItem,
  type GroupsArgument,
  getRoster,
  registeredVhosts,
  sendStanza,
  sessionCount,
  userResources,
  userSessions,
} from './commands.ts';
import { invalidUser } from './probe-users.ts';
import { describeSharedGroup, listSharedGroupMembers, listSharedGroups } from './shared-group-commands.ts';

const WORD = 'rostbeef';

/**
 * Asks for an echo. The command needs no permission, but ejabberd refuses wrong credentials.
 *
 * @example
 * await run(echo())
 */
export function echo(): Command<void> {
  return {
    name: 'echothis',
    args: { thatthing: WORD },
    idempotent: true,
    read: (answer) => {
      if (membersOf(answer)['thatthing'] !== WORD) throw new ShapeError('expected the echo');
    },
  };
}

/**
 * Reads the release; `undefined` if the response does not name it. The account needs the permission for `status`.
 *
 * @example
 * await run(serverRelease()) // '24.12-3+deb13u2'
 */
export function serverRelease(): Command<string | undefined> {
  return {
    name: 'status',
    args: {},
    idempotent: true,
    read: (answer) => /ejabberd (\d[\w.+~-]*) is running/.exec(textOr(membersOf(answer)['text']))?.[1],
  };
}

/**
 * Returns a complete and harmless call of each command that the functions need, except {@link UNPROBED_COMMANDS}. Reads are
 * about the account itself. Writes name an invalid user, so that ejabberd refuses them before anything is written.
 *
 * @param user the account, or any user of a vhost
 * @param argument how the release takes groups
 * @returns commands that end in a result or in an error of their own, if the account may run them
 * @example
 * for (const probe of permissionProbes(account, 'groups')) await run(probe)
 */
export function permissionProbes(user: Jid, argument: GroupsArgument): readonly Command<unknown>[] {
  const invalid = invalidUser(user.domain);
  const key = { owner: invalid, contact: invalid };
  return [
    addRosterItem({ ...key, nick: '', groups: [] }, argument),
    checkAccount(user),
    sessionCount(),
    connectedUsers(user.domain),
    deleteRosterItem(key),
    getRoster(user),
    registeredVhosts(),
    { ...sendStanza(invalid, invalid, '<message/>'), idempotent: true },
    userResources(user),
    userSessions(user),
  ];
}

/**
 * Returns a complete and harmless call of each command that reads shared roster groups. The permission for them is
 * optional. On a vhost without `mod_shared_roster` they crash.
 *
 * @example
 * sharedGroupProbes('example.com').map(({ name }) => name) // ['srg_list', 'srg_get_info', 'srg_get_members']
 */
export function sharedGroupProbes(vhost: string): readonly Command<unknown>[] {
  return [listSharedGroups(vhost), describeSharedGroup(WORD, vhost), listSharedGroupMembers(WORD, vhost)];
}

/** The commands that are not probed, because their response has every session of the server. They are optional. */
export const UNPROBED_COMMANDS: readonly string[] = ['connected_users_info'];

/** The commands that ejabberd has without `mod_admin_extra`. */
export const CORE_COMMANDS: readonly string[] = ['connected_users_number', 'registered_vhosts', 'user_resources'];

/** The commands that name no vhost. Since release 26.07 the others need the access rule `configure` of their vhost. */
export const HOSTLESS_COMMANDS: readonly string[] = ['connected_users_number', 'registered_vhosts', 'send_stanza'];
