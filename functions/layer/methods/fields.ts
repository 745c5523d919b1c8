/** Defines the members that several methods share, with their documentation. */
import * as z from 'zod/mini';
import { xmlProblem } from '../xmlrpc/index.ts';

/** Creates the schema of a string of characters that XML 1.0 allows. */
export function text(description: string) {
  return z.string().check(z.describe(description), withoutXmlProblem);
}

/** The largest nick or group, in bytes. It is the limit of RFC 6122 for a part of a JID. */
const MAX_LABEL_BYTES = 1_023;

/** Creates the schema of a nick or a group: a string of characters that XML 1.0 allows, of at most 1,023 bytes of UTF-8. */
export function label(description: string) {
  return text(`${description} It has at most 1,023 bytes of UTF-8.`).check(
    z.maxLength(MAX_LABEL_BYTES, { error: LABEL_PROBLEM, abort: true }),
    z.refine(isLabel, LABEL_PROBLEM),
  );
}

const LABEL_PROBLEM = 'must have at most 1,023 bytes of UTF-8';

function isLabel(value: string): boolean {
  return Buffer.byteLength(value) <= MAX_LABEL_BYTES;
}

const withoutXmlProblem = z.check<string>((context) => {
  const problem = xmlProblem(context.value);
  if (problem !== undefined) {
    context.issues.push({ code: 'custom', input: context.value, message: problem });
  }
});

/** The user whose roster, presence or resources are read. */
export const userFields = () => ({
  user: text('The local part of the user’s JID, such as `alice`.'),
  server: text('The vhost of the user’s JID, such as `example.com`.'),
});

/** The members that request a page of a roster. */
export const pagingFields = () => ({
  maxResults: z.optional(
    z
      .int()
      .check(z.minimum(1), z.maximum(1000), z.describe('The most contacts in one page. Without it, all are returned.')),
  ),
  nextToken: z.optional(z.string().check(z.describe('The `nextToken` of the previous page.'))),
});

/** The result of a write. */
export const done = () => z.strictObject({ code: z.literal(0).check(z.describe('Always 0: failures are errors.')) });

/** One contact of a roster. */
export const contactFields = () => ({
  jid: z.string().check(z.describe('The contact’s bare JID, as the server spells it.')),
  nick: z.string().check(z.describe('The name that the user gave the contact, or `""`.')),
  group: z.string().check(z.describe('The first of `groups`, or `""`.')),
  groups: z.array(z.string()).check(z.describe('Every group of the contact, sorted.')),
  subscription: z
    .enum(['none', 'from', 'to', 'both'])
    .check(
      z.describe(
        'The presence subscription (RFC 6121): with `to` the user sees the contact’s presence, with `from` the contact sees the user’s.',
      ),
    ),
  pending: z
    .enum(['none', 'in', 'out', 'both'])
    .check(z.describe('The unanswered subscription requests: the contact’s (`in`), the user’s (`out`), or both.')),
});

/** The presence of a user's best session. */
export const presenceFields = () => ({
  show: z
    .enum(['available', 'chat', 'away', 'dnd', 'xa', 'unavailable'])
    .check(
      z.describe(
        'The availability of the session with the highest non-negative priority. Ties go to the most recently connected session.',
      ),
    ),
  status: z.string().check(z.describe('The status text of that session, or `""`.')),
});
