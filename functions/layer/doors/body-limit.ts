import { InvalidInputError } from '../errors/index.ts';

/**
 * Refuses a JSON body that is too large, before it is parsed.
 *
 * @throws InvalidInputError with the HTTP status 413
 */
export function demandFitting(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new InvalidInputError({ status: 413, detail: `the body must have at most ${maxBytes} bytes` });
}
