import * as z from 'zod/mini';
import { defineMethod } from './define-method.ts';
import { done, text } from './fields.ts';
import { bareJids } from './jids.ts';

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
    'Removes each user from the other’s roster. It succeeds also if one or both entries do not exist, or if one of the ' +
    'users was deleted. If neither user exists, it fails with an `ItemNotFoundError`.',
  writes: true,
  idempotent: true,
  input: () =>
    z.strictObject({
      jid1: text('The bare JID of the first user, such as `alice@example.com`.'),
      jid2: text('The bare JID of the second user.'),
    }),
  result: done,
  example: { input: { jid1: 'alice@example.com', jid2: 'dave@example.com' }, result: { code: 0 } },
  names: ({ jid1, jid2 }) => ({ jids: bareJids({ jid1, jid2 }) }),
  async run(_, { jids: { jid1, jid2 } }, { dialect, remark }) {
    const { isUnverified } = await dialect.unlinkContacts(jid1, jid2);
    if (isUnverified) remark?.({ verified: false });
    return { code: 0 };
  },
});
