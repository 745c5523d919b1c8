import * as z from 'zod/mini';
import { contactOf } from './contact.ts';
import { defineMethod } from './define-method.ts';
import { contactFields, pagingFields, userFields } from './fields.ts';
import { userJid } from './jids.ts';
import { pageAfter } from './paging.ts';

/** Reads a roster. */
export const getRoster = defineMethod({
  name: 'get_roster',
  summary: 'Read a user’s roster',
  description:
    'Every contact once, sorted by `jid`. With `maxResults` the answer is a page, and `nextToken`, where there is one, ' +
    'asks for the next; it stays valid while the roster changes.',
  writes: false,
  idempotent: true,
  input: () => z.strictObject({ ...userFields(), ...pagingFields() }),
  result: () =>
    z.strictObject({
      contacts: z.array(z.strictObject(contactFields())).check(z.describe('The contacts, sorted by `jid`.')),
      nextToken: z.optional(z.string().check(z.describe('Asks for the next page; none on the last.'))),
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
