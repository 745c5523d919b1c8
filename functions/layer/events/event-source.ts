/** The ways in. Each reads its event, and answers in its own form. */
import type { RostbeefError } from '../errors/index.ts';
import type { IdempotencyKey } from '../idempotency/key.ts';

/** What an event asks for. */
export interface Call {
  readonly input: unknown;
  /** What the door knows it by, should it come again. */
  readonly key?: IdempotencyKey | undefined;
}

/** One way in. */
export interface Door {
  /** For the log. */
  readonly name: string;
  /**
   * Takes the call out of the event.
   *
   * @param maxBodyBytes the most bytes that a JSON body may have
   * @throws InvalidInputError if the event holds none, or too large a body
   */
  read(event: unknown, maxBodyBytes: number): Call;
  /** The ARN of who called, where the event has one that API Gateway put there. */
  readonly caller?: (event: unknown) => string | undefined;
  /** What the function returns for a result. */
  respond(result: unknown): unknown;
  /** What the function returns for an error; `undefined` where the door's errors are thrown. */
  fail(error: RostbeefError, requestId: string): unknown;
}
