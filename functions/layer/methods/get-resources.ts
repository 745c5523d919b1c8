import * as z from 'zod/mini';
import { defineMethod } from './define-method.ts';
import { userFields } from './fields.ts';
import { userJid } from './jids.ts';

/** Lists a user's connected resources. */
export const getResources = defineMethod({
  name: 'get_resources',
  summary: 'List a user’s connected resources',
  description: 'Every connected resource, sorted, also one that has sent no presence. `[]` when offline.',
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
