import * as z from 'zod/mini';
import { InvalidInputError } from '../errors/index.ts';
import { formatJid } from '../xmpp/jid.ts';
import { defineMethod } from './define-method.ts';
import { done, label, text } from './fields.ts';
import { bareJids } from './jids.ts';

/**
 * The method `link_contacts`, which adds two users to each other's rosters.
 *
 * @example
 * export const handler = createHandler(linkContacts);
 */
export const linkContacts = defineMethod({
  name: 'link_contacts',
  summary: 'Add two users to each other’s rosters',
  description:
    'Puts `jid2`, named `nick2`, into the roster of `jid1`, and `jid1`, named `nick1`, into the roster of `jid2`, ' +
    'each with subscription `both` and without the usual approval. Both must exist: otherwise nothing is written. ' +
    'Linking again renews the nick. A group that is given replaces the contact’s groups, `""` clears them, and one that ' +
    'is not given leaves them as they are. If nothing would change, nothing is written. Contacts of a shared roster group ' +
    'are always written, so that they stay linked without the group.',
  writes: true,
  idempotent: true,
  input: () =>
    z.strictObject({
      jid1: text('The bare JID of the first user, such as `alice@example.com`.'),
      nick1: label('The name of `jid1` in the roster of `jid2`.'),
      jid2: text('The bare JID of the second user.'),
      nick2: label('The name of `jid2` in the roster of `jid1`.'),
      group1: z.optional(
        label('The group of `jid1` in the roster of `jid2`. It replaces all groups there, and `""` removes them.'),
      ),
      group2: z.optional(
        label('The group of `jid2` in the roster of `jid1`. It replaces all groups there, and `""` removes them.'),
      ),
    }),
  result: done,
  example: {
    input: { jid1: 'alice@example.com', nick1: 'Alice', jid2: 'dave@example.com', nick2: 'Dave', group2: 'Friends' },
    result: { code: 0 },
  },
  names: ({ jid1, jid2 }) => ({ jids: bareJids({ jid1, jid2 }) }),
  async run({ nick1, nick2, group1, group2 }, { jids: { jid1, jid2 } }, { dialect }) {
    if (formatJid(jid1) === formatJid(jid2)) {
      throw new InvalidInputError({ issues: [{ path: 'jid2', message: 'must be another user than jid1' }] });
    }
    await dialect.linkContacts(
      { owner: jid1, contact: jid2, nick: nick2, group: group2 },
      { owner: jid2, contact: jid1, nick: nick1, group: group1 },
    );
    return { code: 0 };
  },
});
