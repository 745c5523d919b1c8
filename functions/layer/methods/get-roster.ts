import * as z from 'zod/mini';
import { contactOf } from './contact.ts';
import { defineMethod } from './define-method.ts';
import { contactFields, pagingFields, userFields } from './fields.ts';
import { userJid } from './jids.ts';
import { pageAfter } from './paging.ts';

/**
 * The method `get_roster`, which reads a user's roster.
 *
 * @example
 * export const handler = createHandler(getRoster);
 */
export const getRoster = defineMethod({
  name: 'get_roster',
  summary: 'Read a user’s roster',
  description:
    'Returns every contact once, sorted by `jid`. With `maxResults` the result is one page. If there are more contacts, ' +
    '`nextToken` requests the next page. A token stays valid while the roster changes.',
  writes: false,
  idempotent: true,
  input: () => z.strictObject({ ...userFields(), ...pagingFields() }),
  result: () =>
    z.strictObject({
      contacts: z.array(z.strictObject(contactFields())).check(z.describe('The contacts, sorted by `jid`.')),
      nextToken: z.optional(z.string().check(z.describe('Requests the next page. It is absent on the last page.'))),
    }),
  example: {
    input: { user: 'alice', server: 'example.com' },
    result: {
      contacts: [
        {
          jid: 'bob@example.com',
          nick: 'Bob',
          group: 'Work',
          groups: ['Work'],
          subscription: 'both',
          pending: 'none',
        },
      ],
    },
  },
  names: (input) => ({ jids: { server: userJid(input) } }),
  async run(input, { jids: { server: owner } }, { dialect }) {
    const page = pageAfter(input, owner);
    const { items, nextToken } = page(await dialect.getRoster(owner));
    return { contacts: items.map(contactOf), ...(nextToken !== undefined && { nextToken }) };
  },
});
