/** Defines members that several methods share, with their descriptions. */
import * as z from 'zod/mini';
import { xmlProblem } from '../xmlrpc/index.ts';

/** A string that can travel in XML. */
export function text(description: string) {
  return z.string().check(z.describe(description), withoutXmlProblem);
}

/** The most bytes of a nick or a group, as of a part of a JID. Much longer ones make a roster too large to read. */
const MAX_LABEL_BYTES = 1_023;

/** A nick or a group: a string that can travel in XML, of at most 1,023 bytes of UTF-8. */
export function label(description: string) {
  return text(description).check(
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

/** The members that name a user. */
export const userFields = () => ({
  user: text('The local part of the user’s JID, such as `alice`.'),
  server: text('The vhost of the user’s JID, such as `example.com`.'),
});

/** The members that page a roster. */
export const pagingFields = () => ({
  maxResults: z.optional(
    z.int().check(z.minimum(1), z.maximum(1000), z.describe('The most contacts in one answer. Without it, all come.')),
  ),
  nextToken: z.optional(
    z.string().check(z.describe('The `nextToken` of the answer before: what comes after it is returned.')),
  ),
});

/** The result of a method that returns no data. */
export const done = () => z.strictObject({ code: z.literal(0).check(z.describe('Always 0: failures are errors.')) });

/** One contact of a roster. */
export const contactFields = () => ({
  jid: z.string().check(z.describe('The contact’s bare JID, as the server spells it.')),
  nick: z.string().check(z.describe('The name that the user gave the contact, or `""`.')),
  group: z.string().check(z.describe('The first of `groups`, or `""`.')),
  groups: z.array(z.string()).check(z.describe('Every group that the contact is in, sorted.')),
  subscription: z
    .enum(['none', 'from', 'to', 'both'])
    .check(z.describe('Who sees whose presence: `to` means that the user sees the contact’s.')),
  pending: z
    .enum(['none', 'in', 'out', 'both'])
    .check(
      z.describe(
        'Whose request to see the other’s presence is unanswered: the contact’s (`in`) or the user’s (`out`).',
      ),
    ),
});

/** The members of a presence. */
export const presenceFields = () => ({
  show: z
    .enum(['available', 'chat', 'away', 'dnd', 'xa', 'unavailable'])
    .check(
      z.describe('The availability of the session with the highest non-negative priority; of equals, the newest.'),
    ),
  status: z.string().check(z.describe('The words that go with it, or `""`.')),
});
