/** The base of every error that a call ends in. */
import type { Issue, Sides } from './generated/methods.ts';

/** The properties of one error. */
export interface ErrorDetails {
  /** The HTTP status of the answer, if there was one. */
  readonly status?: number | undefined;
  /** The integer of XEP-0086, or the server's own. */
  readonly code?: number | undefined;
  /** The XMPP condition of RFC 6120, such as `item-not-found`. */
  readonly condition?: string | undefined;
  /** The id of the call in the log. */
  readonly requestId?: string | undefined;
  /** The problems of the input, for errors that list them. */
  readonly issues?: readonly Issue[] | undefined;
  /** The state of both rosters, for a PartialLinkError. */
  readonly sides?: Sides | undefined;
  /** Milliseconds to wait before a repeat, from `Retry-After`. */
  readonly retryAfterMs?: number | undefined;
  /** The error behind this one. */
  readonly cause?: unknown;
}

/**
 * The base of every error that a call ends in. `isRostbeefError` narrows to the closed set, and `name` to one class.
 *
 * @example
 * try {
 *   await client.linkContacts({ jid1, nick1, jid2, nick2 });
 * } catch (error) {
 *   if (isRostbeefError(error) && error.name === 'PartialLinkError') console.error(error.sides.jid1);
 *   else throw error;
 * }
 */
export abstract class CallError extends Error {
  abstract override readonly name: string;
  /** Whether the same call may be repeated without harm, and may then succeed. It follows from the name. */
  abstract readonly retryable: boolean;
  /** Whether a stanza may have been sent. Every other method may be repeated anyway. */
  readonly leavesOutcomeOpen: boolean = false;
  /** The HTTP status. `undefined` if there was no answer, or the function was invoked directly. */
  readonly status: number | undefined;
  /** The integer of XEP-0086, or the server's own. */
  readonly code: number | undefined;
  /** The XMPP condition of RFC 6120, such as `item-not-found`. */
  readonly condition: string | undefined;
  /** The id of the call in the log. */
  readonly requestId: string | undefined;
  /** Milliseconds to wait before a repeat, from `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.status = details.status;
    this.code = details.code;
    this.condition = details.condition;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
  }
}
