/** Writes errors as problem details (RFC 9457). */
import * as z from 'zod/mini';
import { PartialLinkError, type RostbeefError } from '../errors/index.ts';

const sideState = () => z.enum(['written', 'not', 'unknown']);

/** The schema of an error's body. */
export const problemSchema = () =>
  z.strictObject({
    type: z.string().check(z.describe('`urn:rostbeef:error:` and the name.')),
    title: z.string().check(z.describe('What the error’s name means.')),
    status: z.int().check(z.describe('The HTTP status.')),
    detail: z.string().check(z.describe('The message: what is wrong with this call, and how to correct it.')),
    name: z.string().check(z.describe('The error’s name: what to match on.')),
    requestId: z.string().check(z.describe('The Lambda request id, under which the log has the call.')),
    retryable: z.boolean().check(z.describe('Whether the same call may be repeated, and may then succeed.')),
    code: z.optional(z.int().check(z.describe('The code of XEP-0086, or the server’s own.'))),
    condition: z.optional(z.string().check(z.describe('The XMPP condition.'))),
    issues: z.optional(
      z
        .array(
          z.strictObject({
            path: z.string().check(z.describe('The member, or `""` for the input as a whole.')),
            message: z.string().check(z.describe('What is wrong with it, and how to correct it.')),
          }),
        )
        .check(z.describe('Every problem of the input.')),
    ),
    sides: z.optional(
      z
        .strictObject({
          jid1: sideState().check(z.describe('What became of the roster of `jid1`.')),
          jid2: sideState().check(z.describe('What became of the roster of `jid2`.')),
        })
        .check(z.describe('With `PartialLinkError`: what became of either side.')),
    ),
  });

/** The body of an error response. */
export type Problem = z.infer<ReturnType<typeof problemSchema>>;

/** Returns the problem details of an error, without its cause. */
export function problemOf(error: RostbeefError, requestId: string): Problem {
  const { name, message, status = 500, retryable, code, condition, issues } = error;
  return {
    type: `urn:rostbeef:error:${name}`,
    title: error.summary,
    status,
    detail: message,
    name,
    requestId,
    retryable,
    ...(code !== undefined && { code }),
    ...(condition !== undefined && { condition }),
    ...(issues !== undefined && { issues: [...issues] }),
    ...(error instanceof PartialLinkError && { sides: error.sides }),
  };
}
