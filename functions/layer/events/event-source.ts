/** Defines an event source: how to read its events, and how to respond to them. */
import type { RostbeefError } from '../errors/index.ts';
import type { IdempotencyKey } from '../idempotency/key.ts';

/** One call of a method, as an event requests it. */
export interface Call {
  /** The input. It is not validated yet. */
  readonly input: unknown;
  /** The idempotency key of the event, for events that can be delivered more than once. */
  readonly key?: IdempotencyKey | undefined;
}

/** An event source. `Event` is the type of its events. */
export interface EventSource<Event = unknown> {
  /** The value of `door` in log lines. */
  readonly name: string;
  /**
   * Reads the call from the event.
   *
   * @param maxBodyBytes the largest JSON body, in bytes
   * @throws RostbeefError if the event holds no call, or its body is too large
   */
  read(event: Event, maxBodyBytes: number): Call;
  /** Returns the ARN of the caller, if API Gateway authorized it by IAM. */
  readonly caller?: (event: Event) => string | undefined;
  /** Returns the id of the queue's message and its number of deliveries, for the log. */
  readonly message?: (event: Event) => { readonly messageId: string; readonly receives: number };
  /** Returns the response of the function for a result. */
  respond(result: unknown): unknown;
  /** Returns the response of the function for an error. If it is `undefined`, the function throws the error. */
  fail(error: RostbeefError, requestId: string): unknown;
}
