/** Defines the errors that the functions find themselves: input, settings, credentials, connection. */
import { type ErrorDetails, type ErrorKind, RostbeefError } from './rostbeef-error.ts';

/** The input breaks the schema or is not JSON. `issues` lists every problem. Nothing was sent. */
export class InvalidInputError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'InvalidInputError',
    summary: 'The input is not valid',
    status: 400,
    retryable: false,
    blame: 'caller',
  };
}

/** The event is of none of the four event sources. The message says which event it is, and what to send. */
export class UnsupportedEventError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'UnsupportedEventError',
    summary: 'The event is not an API Gateway request, an SQS batch, an EventBridge event or the input itself',
    retryable: false,
    blame: 'caller',
  };
}

/** A JID outside `EJABBERD_SERVERS`, or a sender outside `EJABBERD_SENDERS`. Nothing was sent. */
export class ForbiddenServerError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ForbiddenServerError',
    summary: 'The input names a server or sender that these functions may not act for',
    status: 403,
    retryable: false,
    blame: 'caller',
  };
}

/**
 * A stanza that may not be sent: it would make a server or service act in the sender's name, or change one of two
 * rosters only. `issues` has each reason. Nothing was sent.
 */
export class ForbiddenStanzaError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ForbiddenStanzaError',
    summary: 'The stanza may not be sent',
    status: 403,
    retryable: false,
    blame: 'caller',
  };
}

/** Settings are missing or wrong. `issues` lists all of them. */
export class ConfigurationError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ConfigurationError',
    summary: 'The function is not configured correctly',
    status: 500,
    retryable: false,
    blame: 'functions',
  };
}

/** The secret can't be read, or does not have the right form. */
export class CredentialsUnavailableError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'CredentialsUnavailableError',
    summary: 'The ejabberd credentials are unavailable',
    status: 503,
    retryable: true,
    blame: 'credentials',
  };
}

/** ejabberd refuses the credentials, and also those that were read again after that. */
export class CredentialsRejectedError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'CredentialsRejectedError',
    summary: 'ejabberd refuses the credentials of the configured secret',
    status: 502,
    retryable: false,
    blame: 'credentials',
  };
}

/** The credentials are right, but may not run the command. */
export class PermissionDeniedError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'PermissionDeniedError',
    summary: 'The ejabberd account may not run a command',
    status: 502,
    retryable: false,
    blame: 'ejabberd',
  };
}

/** No connection could be made. Nothing was sent. */
export class EjabberdUnreachableError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'EjabberdUnreachableError',
    summary: 'ejabberd can not be reached',
    status: 503,
    retryable: true,
    blame: 'ejabberd',
  };
}

/** The deadline passed, and nothing was sent or the method is idempotent. */
export class EjabberdTimeoutError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'EjabberdTimeoutError',
    summary: 'ejabberd did not answer in time',
    status: 504,
    retryable: true,
    blame: 'ejabberd',
  };
}

/** The connection broke after sending, and the method is idempotent. */
export class ConnectionLostError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ConnectionLostError',
    summary: 'The connection to ejabberd broke before it answered',
    status: 502,
    retryable: true,
    blame: 'ejabberd',
  };
}

/** The response is not valid, and the method is idempotent. */
export class MalformedResponseError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'MalformedResponseError',
    summary: 'ejabberd answered something that is not a valid answer',
    status: 502,
    retryable: false,
    blame: 'ejabberd',
  };
}

/** A call that must not be repeated was sent, and its outcome is unknown. */
export class OutcomeUnknownError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'OutcomeUnknownError',
    summary: 'The stanza was sent to ejabberd, but whether it was taken is unknown',
    status: 502,
    retryable: false,
    leavesOutcomeOpen: true,
    blame: 'ejabberd',
  };
}

/** Another call with the same idempotency key is running. This call sent nothing. */
export class IdempotencyInProgressError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'IdempotencyInProgressError',
    summary: 'Another call with the same idempotency key is at work',
    status: 409,
    retryable: true,
    blame: 'caller',
  };
}

/** The table of the idempotency keys can't be read or written. Nothing was sent. */
export class IdempotencyStoreUnavailableError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'IdempotencyStoreUnavailableError',
    summary: 'The idempotency table is unavailable, so nothing was sent',
    status: 503,
    retryable: true,
    blame: 'functions',
  };
}

/** The outcome of one side of a link or unlink. */
export type SideState = 'written' | 'not' | 'unknown';

/** The outcome of both sides: the roster of `jid1`, and the roster of `jid2`. */
export interface Sides {
  readonly jid1: SideState;
  readonly jid2: SideState;
}

/**
 * A link or unlink changed a roster, and is not known to be complete in both. The call can be repeated.
 *
 * `sides` has each roster as it was last read. `written`: it is as asked for, and something was written. `not`: it is not
 * as asked for, or nothing was done. `unknown`: it could not be read.
 */
export class PartialLinkError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'PartialLinkError',
    summary: 'Not both rosters are known to be as asked for',
    status: 502,
    retryable: true,
    blame: 'ejabberd',
  };
  readonly sides: Sides;

  /** @param details its `detail` is the advice, by default to repeat the call */
  constructor(sides: Sides, { detail = 'repeat the call to complete it', ...details }: ErrorDetails = {}) {
    super({ ...details, detail: `jid1 ${sides.jid1}, jid2 ${sides.jid2}; ${detail}` });
    this.sides = sides;
  }
}

/** The response is larger than the event source takes. */
export class ResultTooLargeError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ResultTooLargeError',
    summary: 'The result is too large for a Lambda response; ask for pages with maxResults and nextToken',
    status: 413,
    retryable: false,
    blame: 'caller',
  };
}

/** The functions have a defect. Only the log has its details. */
export class UnexpectedError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'UnexpectedError',
    summary: 'An unexpected error occurred; the function’s log has the details under this request id',
    status: 500,
    retryable: false,
    leavesOutcomeOpen: true,
    blame: 'functions',
  };
}
