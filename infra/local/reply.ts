import { STATUS_CODES } from 'node:http';
import { InvalidInputError, problemOf } from 'rostbeef-layer';
import { namedByStatus } from '../gateway-errors.ts';

/** A complete HTTP response. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | string;
  /** The reply that an asynchronous invocation would get if its caller waited. It is only logged. */
  readonly later?: Promise<Reply>;
}

/** Returns a function’s response to a request that API Gateway does not pass on. */
export function invalidRequest(
  status: number,
  detail: string,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const error = new InvalidInputError({ status, detail });
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: `${JSON.stringify(problemOf(error, requestId))}\n`,
  };
}

/** Returns an RFC 9457 problem of the gateway itself. Its name follows from the status. */
export function problem(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Reply {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: `${JSON.stringify({ type: 'about:blank', title, status, detail, ...namedByStatus(status) })}\n`,
  };
}
