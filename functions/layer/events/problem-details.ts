/** Writes errors as RFC 9457 problem details. */
import * as z from 'zod/mini';
import { PartialLinkError, type RostbeefError } from '../errors/index.ts';

const sideState = () => z.enum(['written', 'not', 'unknown']);

/**
 * Creates the schema of an error's HTTP body: RFC 9457 problem details with members of this API.
 *
 * @example
 * z.toJSONSchema(problemSchema())
 */
export const problemSchema = () =>
  z.strictObject({
    type: z.string().check(z.describe('`urn:rostbeef:error:` and the name.')),
    title: z.string().check(z.describe('The meaning of the error’s name.')),
    status: z.int().check(z.describe('The HTTP status.')),
    detail: z.string().check(z.describe('The message: what is wrong with this call, and how to correct it.')),
    name: z.string().check(z.describe('The error’s name. Match errors by it.')),
    requestId: z.string().check(z.describe('The Lambda request id. The log line of the call has it too.')),
    retryable: z.boolean().check(z.describe('Whether the same call may be repeated, and may then succeed.')),
    code: z.optional(z.int().check(z.describe('The error code of XEP-0086, or the server’s own code.'))),
    condition: z.optional(z.string().check(z.describe('The XMPP error condition of RFC 6120.'))),
    issues: z.optional(
      z
        .array(
          z.strictObject({
            path: z.string().check(z.describe('The member, or `""` for the input as a whole.')),
            message: z.string().check(z.describe('The problem, and how to correct it.')),
          }),
        )
        .check(z.describe('Every problem of the input.')),
    ),
    sides: z.optional(
      z
        .strictObject({
          jid1: sideState().check(z.describe('The state of the roster of `jid1`.')),
          jid2: sideState().check(z.describe('The state of the roster of `jid2`.')),
        })
        .check(z.describe('Only for `PartialLinkError`: the state of each side.')),
    ),
  });

/** The HTTP body of an error. */
export type Problem = z.infer<ReturnType<typeof problemSchema>>;

/**
 * Returns the problem details of an error, without its cause.
 *
 * @param requestId the Lambda request id
 * @example
 * problemOf(new ItemNotFoundError(), '7bf73129-1428-4cd3-a780-95db273d1602').status // 404
 */
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
