import { ResultTooLargeError } from '../errors/index.ts';

/** The most bytes of a function's response, as Lambda's own error message states them. */
export const MAX_RESPONSE_BYTES = 6_291_556;

/**
 * Returns a response if Lambda takes one of its size.
 *
 * @throws ResultTooLargeError
 */
export function withinLimit<T>(response: T): T {
  if (Buffer.byteLength(JSON.stringify(response)) > MAX_RESPONSE_BYTES) throw new ResultTooLargeError();
  return response;
}
