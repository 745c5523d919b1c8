import * as z from 'zod/mini';
import { defineMethod } from './define-method.ts';
import { userFields } from './fields.ts';
import { userJid } from './jids.ts';

/**
 * The method `get_resources`, which lists a user's connected resources.
 *
 * @example
 * export const handler = createHandler(getResources);
 */
export const getResources = defineMethod({
  name: 'get_resources',
  summary: 'List a user’s connected resources',
  description:
    'Returns every connected resource, sorted, including those that have sent no presence. If the user is offline, the list ' +
    'is empty.',
  writes: false,
  idempotent: true,
  input: () => z.strictObject(userFields()),
  result: () =>
    z.strictObject({
      resources: z.array(z.string()).check(z.describe('The resources, sorted.')),
    }),
  example: {
    input: { user: 'alice', server: 'example.com' },
    result: { resources: ['laptop', 'phone'] },
  },
  names: (input) => ({ jids: { server: userJid(input) } }),
  async run(_, { jids: { server: user } }, { dialect }) {
    return { resources: [...(await dialect.getResources(user))] };
  },
});
