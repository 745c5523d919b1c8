/**
 * Defines calls that examine a server and change nothing.
 *
 * ejabberd checks the credentials first, then the command's name, the arguments (fault -116), and the permission (fault
 * -118). It closes the connection if there is no such command. This was observed on 23.01, 24.12 and 26.07. Therefore a call
 * without an argument shows whether a command exists, and a complete call shows whether the account may run it.
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

const WORD = 'rostbeef';

/** Calls `ejabberd_xmlrpc`'s own command. It needs no permission, but refuses wrong credentials. */
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

/** Reads the release, such as `24.12-3+deb13u2`, if the account may run `status`; `undefined` if the answer has none. */
export function serverRelease(): Command<string | undefined> {
  return {
    name: 'status',
    args: {},
    idempotent: true,
    read: (answer) => /ejabberd (\d[\w.+~-]*) is running/.exec(textOr(membersOf(answer)['text']))?.[1],
  };
}

/**
 * Returns a complete and harmless call of every command that the functions use, except {@link UNPROBED_COMMANDS}. Reads are
 * about the account itself. Writes name a user with a local part that every server refuses, so that nothing is written.
 *
 * @param user the account, or any user of a vhost
 * @param argument the form of groups
 * @returns commands. If the account may run one, it answers or fails with an error of its own
 */
export function permissionProbes(user: Jid, argument: GroupsArgument): readonly Command<unknown>[] {
  const nobody: Jid = { local: 'nobody@nowhere', domain: user.domain, resource: '' };
  const side = { owner: nobody, contact: nobody };
  return [
    addRosterItem({ ...side, nick: '', groups: [] }, argument),
    checkAccount(user),
    sessionCount(),
    connectedUsers(user.domain),
    deleteRosterItem(side),
    getRoster(user),
    registeredVhosts(),
    { ...sendStanza(nobody, nobody, '<message/>'), idempotent: true },
    userResources(user),
    userSessions(user),
  ];
}

/** The commands that are not probed, because they read every session of the server. The functions work without them. */
export const UNPROBED_COMMANDS: readonly string[] = ['connected_users_info'];

/** The commands that ejabberd has without `mod_admin_extra`. */
export const CORE_COMMANDS: readonly string[] = ['connected_users_number', 'registered_vhosts', 'user_resources'];

/** The commands that name no host of the server's own: since release 26.07 the others take the access rule `configure`. */
export const HOSTLESS_COMMANDS: readonly string[] = ['connected_users_number', 'registered_vhosts', 'send_stanza'];
