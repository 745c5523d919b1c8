import { ResultTooLargeError } from '../errors/index.ts';

/** The most bytes that a function may post as its response: Lambda's 6 MB and a little (observed, and in its message). */
export const MAX_RESPONSE_BYTES = 6_291_556;

/**
 * A response that Lambda will take.
 *
 * @throws ResultTooLargeError
 */
export function withinLimit<T>(response: T): T {
  if (Buffer.byteLength(JSON.stringify(response)) > MAX_RESPONSE_BYTES) throw new ResultTooLargeError();
  return response;
}
