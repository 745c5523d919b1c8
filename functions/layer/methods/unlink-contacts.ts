import * as z from 'zod/mini';
import { JidMalformedError } from '../errors/index.ts';
import { defineMethod } from './define-method.ts';
import { done, text } from './fields.ts';
import { ownerAndContact } from './jids.ts';

/**
 * The method `unlink_contacts`, which removes two users from each other's rosters.
 *
 * @example
 * export const handler = createHandler(unlinkContacts);
 */
export const unlinkContacts = defineMethod({
  name: 'unlink_contacts',
  summary: 'Remove two users from each other’s rosters',
  description:
    'Removes each user from the other’s roster, whichever sides there are: unlinking the unlinked is a success, and so ' +
    'is unlinking from a user that was deleted. If neither user exists, it is an `ItemNotFoundError`. ' +
    'One of the two may be a contact that is not on this server, such as that of a gateway: it is removed from the ' +
    'user’s roster. Contacts of a shared roster group can’t be unlinked: that is a `NotAllowedError`.',
  writes: true,
  idempotent: true,
  input: () =>
    z.strictObject({
      jid1: text('The bare JID of the first user, such as `alice@example.com`.'),
      jid2: text('The bare JID of the second user. Either may be any JID on another server.'),
    }),
  result: done,
  example: { input: { jid1: 'alice@example.com', jid2: 'dave@example.com' }, result: { code: 0 } },
  names: ({ jid1, jid2 }) => ({ ...ownerAndContact({ jid1, jid2 }), isOneAContact: true }),
  async run(_, { jids: { jid1, jid2 }, unusual }, { dialect, remark }) {
    if (unusual !== undefined && !(await dialect.isForeign(unusual.domain))) {
      throw new JidMalformedError({ issues: [unusual.issue] });
    }
    const { isUnverified } = await dialect.unlinkContacts(jid1, jid2);
    if (isUnverified) remark?.({ verified: false });
    return { code: 0 };
  },
});
