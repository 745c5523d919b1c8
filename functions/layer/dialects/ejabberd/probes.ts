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
import { describeSharedGroup, listSharedGroupMembers, listSharedGroups } from './shared-group-commands.ts';

const WORD = 'rostbeef';

/** A command of `ejabberd_xmlrpc` itself. It needs no permission, but it refuses wrong credentials. */
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

/** The release, such as `24.12-3+deb13u2`; `undefined` if the answer does not name it. The account needs `status`. */
export function serverRelease(): Command<string | undefined> {
  return {
    name: 'status',
    args: {},
    idempotent: true,
    read: (answer) => /ejabberd (\d[\w.+~-]*) is running/.exec(textOr(membersOf(answer)['text']))?.[1],
  };
}

/**
 * Complete and harmless calls of the commands that the functions need, except {@link UNPROBED_COMMANDS}. Reads are about
 * the account itself. Writes name a user whose local part no server accepts, so they are refused before anything is written.
 *
 * @param user the account, or any user of a vhost
 * @param argument how the release takes groups
 * @returns commands that answer or report an error of their own, if the account may run them
 */
export function permissionProbes(user: Jid, argument: GroupsArgument): readonly Command<unknown>[] {
  const invalidUser: Jid = { local: 'nobody@nowhere', domain: user.domain, resource: '' };
  const side = { owner: invalidUser, contact: invalidUser };
  return [
    addRosterItem({ ...side, nick: '', groups: [] }, argument),
    checkAccount(user),
    sessionCount(),
    connectedUsers(user.domain),
    deleteRosterItem(side),
    getRoster(user),
    registeredVhosts(),
    { ...sendStanza(invalidUser, invalidUser, '<message/>'), idempotent: true },
    userResources(user),
    userSessions(user),
  ];
}

/**
 * Complete and harmless calls of the commands that the functions run if they may. They tell whether a shared roster group
 * makes contacts. On a vhost without `mod_shared_roster` they crash.
 */
export function sharedGroupProbes(vhost: string): readonly Command<unknown>[] {
  return [listSharedGroups(vhost), describeSharedGroup(WORD, vhost), listSharedGroupMembers(WORD, vhost)];
}

/** Commands that are not probed, because their answer has every session of the server. The functions can do without. */
export const UNPROBED_COMMANDS: readonly string[] = ['connected_users_info'];

/** The commands that ejabberd has without `mod_admin_extra`. */
export const CORE_COMMANDS: readonly string[] = ['connected_users_number', 'registered_vhosts', 'user_resources'];

/** The commands that name no vhost. Since release 26.07 the others need the access rule `configure` of their vhost. */
export const HOSTLESS_COMMANDS: readonly string[] = ['connected_users_number', 'registered_vhosts', 'send_stanza'];
