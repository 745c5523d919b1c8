import { ResultTooLargeError } from '../errors/index.ts';

/** The largest response of a Lambda function, in bytes: 6 MiB and 100 bytes, as Lambda's own error message says. */
export const MAX_RESPONSE_BYTES = 6_291_556;

/**
 * Returns the response if it is within Lambda's limit.
 *
 * @throws ResultTooLargeError if the response is larger
 */
export function withinLimit<T>(response: T): T {
  if (Buffer.byteLength(JSON.stringify(response)) > MAX_RESPONSE_BYTES) throw new ResultTooLargeError();
  return response;
}
