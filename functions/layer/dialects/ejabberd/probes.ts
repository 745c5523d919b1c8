/**
 * For whoever examines a server: calls that tell something of it and change nothing.
 *
 * ejabberd checks credentials first, then that the command exists (one that does not closes the connection), then its
 * arguments (fault -116), then the permission (fault -118): observed on 23.01, 24.12 and 26.07. So a call that lacks an
 * argument tells whether there is the command, and only a complete one tells whether the account may run it.
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

/** `ejabberd_xmlrpc`'s own command, which takes no permission, but right credentials where it gets any. */
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

/** The release, such as `24.12-3+deb13u2`, for an account that may run `status`; `undefined` where it is not told. */
export function serverRelease(): Command<string | undefined> {
  return {
    name: 'status',
    args: {},
    idempotent: true,
    read: (answer) => /ejabberd (\d[\w.+~-]*) is running/.exec(textOr(membersOf(answer)['text']))?.[1],
  };
}

/**
 * Every command that the functions use, but for {@link UNPROBED_COMMANDS}, as a call that is complete and harmless: the
 * reads are about the account itself, and the writes name a user whose local part no server accepts, so that they are
 * refused before anything is written.
 *
 * @param user the account, or any user of a vhost
 * @param argument how the release takes groups
 * @returns commands that answer, or fail with what they themselves report, where the account may run them
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

/** What tells of every session of the server is too much to ask for a look; the functions do without where it is refused. */
export const UNPROBED_COMMANDS: readonly string[] = ['connected_users_info'];

/** The commands that ejabberd has without `mod_admin_extra`. */
export const CORE_COMMANDS: readonly string[] = ['connected_users_number', 'registered_vhosts', 'user_resources'];

/** The commands that name no host of the server's own: since release 26.07 the others take the access rule `configure`. */
export const HOSTLESS_COMMANDS: readonly string[] = ['connected_users_number', 'registered_vhosts', 'send_stanza'];
