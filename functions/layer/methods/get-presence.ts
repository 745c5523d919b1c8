import * as z from 'zod/mini';
import { formatJid } from '../xmpp/jid.ts';
import { defineMethod } from './define-method.ts';
import { presenceFields, userFields } from './fields.ts';
import { userJid } from './jids.ts';

/**
 * The method `get_presence`, which reads a user's presence.
 *
 * @example
 * export const handler = createHandler(getPresence);
 */
export const getPresence = defineMethod({
  name: 'get_presence',
  summary: 'Read a user’s presence',
  description:
    'Returns the presence of the user’s session with the highest non-negative priority. Ties go to the most recently ' +
    'connected session. If the user has no such session, `show` is `unavailable` and `jid` is the bare JID.',
  writes: false,
  idempotent: true,
  input: () => z.strictObject(userFields()),
  result: () =>
    z.strictObject({
      jid: z.string().check(z.describe('The full JID of that session, or the bare JID.')),
      ...presenceFields(),
    }),
  example: {
    input: { user: 'bob', server: 'example.com' },
    result: { jid: 'bob@example.com/desk', show: 'dnd', status: 'In a meeting' },
  },
  names: (input) => ({ jids: { server: userJid(input) } }),
  async run(_, { jids: { server } }, { dialect }) {
    const { user, resource, show, status } = await dialect.getPresence(server);
    return { jid: formatJid({ ...user, resource }), show, status };
  },
});
