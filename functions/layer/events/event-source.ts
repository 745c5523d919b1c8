/** Describes an event source: how its events are read, and in which form they are answered. */
import type { RostbeefError } from '../errors/index.ts';
import type { IdempotencyKey } from '../idempotency/key.ts';

/** One call of a method, as an event asks for it. */
export interface Call {
  readonly input: unknown;
  /** The idempotency key that the event carries, because an event can be delivered again. */
  readonly key?: IdempotencyKey | undefined;
}

/** One event source, whose events are read from the form `Event`. */
export interface EventSource<Event = unknown> {
  /** The value of `door` in log lines. */
  readonly name: string;
  /**
   * Takes the call out of the event.
   *
   * @param maxBodyBytes the most bytes that a JSON body may have
   * @throws RostbeefError if the event holds no call, or too large a body
   */
  read(event: Event, maxBodyBytes: number): Call;
  /** The ARN of the caller, if API Gateway put one into the event. */
  readonly caller?: (event: Event) => string | undefined;
  /** The message that an event came in, for the log. */
  readonly message?: (event: Event) => { readonly messageId: string; readonly receives: number };
  /** The function's response for a result. */
  respond(result: unknown): unknown;
  /** The function's response for an error; `undefined` if the error is thrown. */
  fail(error: RostbeefError, requestId: string): unknown;
}
