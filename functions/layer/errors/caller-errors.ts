/** Errors that the caller has to correct. */
import { type ErrorKind, RostbeefError } from './rostbeef-error.ts';

/** The input breaks the schema, or the body is not JSON. `issues` has every problem. Nothing was sent. */
export class InvalidInputError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'InvalidInputError',
    summary: 'The input is not valid',
    status: 400,
    retryable: false,
    blame: 'caller',
  };
}

/** The event comes from an unsupported source. The message names the source, and says what to send instead. */
export class UnsupportedEventError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'UnsupportedEventError',
    summary: 'The event is not an API Gateway request, an SQS batch, an EventBridge event or the input itself',
    retryable: false,
    blame: 'caller',
  };
}

/** A JID is outside `EJABBERD_SERVERS`, or a sender is outside `EJABBERD_SENDERS`. Nothing was sent. */
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
 * `EJABBERD_STANZAS` forbids the stanza. It would make a server or service act in the sender's name, or change only one of
 * two rosters. `issues` has every reason. Nothing was sent.
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

/** Another call with the same idempotency key is in progress. This call sent nothing. */
export class IdempotencyInProgressError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'IdempotencyInProgressError',
    summary: 'Another call with the same idempotency key is in progress',
    status: 409,
    retryable: true,
    blame: 'caller',
  };
}

/** The response would exceed the 6 MB limit of a Lambda response. */
export class ResultTooLargeError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ResultTooLargeError',
    summary: 'The result is too large for a Lambda response; ask for pages with maxResults and nextToken',
    status: 413,
    retryable: false,
    blame: 'caller',
  };
}
