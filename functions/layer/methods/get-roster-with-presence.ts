import * as z from 'zod/mini';
import { type RosterItem, UNAVAILABLE } from '../dialects/dialect.ts';
import { preparedDomainOf } from '../xmpp/jid.ts';
import { contactOf } from './contact.ts';
import { defineMethod } from './define-method.ts';
import { contactFields, pagingFields, presenceFields, userFields } from './fields.ts';
import { userJid } from './jids.ts';
import { pageAfter } from './paging.ts';

/**
 * The method `get_roster_with_presence`, which reads a user's roster with the presence of each contact.
 *
 * @example
 * export const handler = createHandler(getRosterWithPresence);
 */
export const getRosterWithPresence = defineMethod({
  name: 'get_roster_with_presence',
  summary: 'Read a user’s roster with each contact’s presence',
  description:
    'Returns the contacts as `get_roster` does, with the presence of each contact’s session with the highest non-negative ' +
    'priority. The subscription does not matter. A contact that is offline, or on another server, is `unavailable`. If ' +
    '`EJABBERD_SERVERS` is set, a contact on a server outside it is `unavailable` unless the subscription is `to` or `both`.',
  writes: false,
  idempotent: true,
  input: () => z.strictObject({ ...userFields(), ...pagingFields() }),
  result: () =>
    z.strictObject({
      contacts: z
        .array(
          z.strictObject({
            ...contactFields(),
            resource: z.string().check(z.describe('The resource of that session, or `""`.')),
            ...presenceFields(),
          }),
        )
        .check(z.describe('The contacts, sorted by `jid`.')),
      nextToken: z.optional(z.string().check(z.describe('Requests the next page. It is absent on the last page.'))),
    }),
  example: {
    input: { user: 'alice', server: 'example.com', maxResults: 100 },
    result: {
      contacts: [
        {
          jid: 'bob@example.com',
          nick: 'Bob',
          group: 'Work',
          groups: ['Work'],
          subscription: 'both',
          pending: 'none',
          resource: 'desk',
          show: 'dnd',
          status: 'In a meeting',
        },
      ],
    },
  },
  names: (input) => ({ jids: { server: userJid(input) } }),
  async run(input, { jids: { server: owner } }, { dialect, covers }) {
    const page = pageAfter(input, owner);
    const isVisible = ({ jid, subscription }: RosterItem) =>
      subscription === 'to' || subscription === 'both' || covers(preparedDomainOf(jid));
    const { part, presences } = await dialect.getRosterWithPresence(owner, page, isVisible);
    const { items, nextToken } = part;
    const contacts = items.map((item, index) => ({ ...contactOf(item), ...(presences[index] ?? UNAVAILABLE) }));
    return { contacts, ...(nextToken !== undefined && { nextToken }) };
  },
});
