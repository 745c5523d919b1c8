/** Errors with a code of XEP-0086, one class for each XMPP condition (RFC 6120 section 8.3.3). Most come from the server. */
import { type ErrorDetails, type ErrorKind, RostbeefError } from './rostbeef-error.ts';

/** The server refused the form of the request. For `send_stanza`, also `res` 1 of the server. */
export class BadRequestError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'BadRequestError',
    summary: 'The server refused the request as malformed',
    status: 400,
    retryable: false,
    code: 400,
    condition: 'bad-request',
    blame: 'caller',
  };
}

/** A member of the input is not a valid JID, or not of the required form. `issues` has every one. Nothing was sent. */
export class JidMalformedError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'JidMalformedError',
    summary: 'Not a valid JID',
    status: 400,
    retryable: false,
    code: 400,
    condition: 'jid-malformed',
    blame: 'caller',
  };
}

/** The server requires the sender to authenticate. */
export class NotAuthorizedError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'NotAuthorizedError',
    summary: 'The server says that the sender is not authorized',
    status: 502,
    retryable: false,
    code: 401,
    condition: 'not-authorized',
    blame: 'ejabberd',
  };
}

/** The server requires payment. */
export class PaymentRequiredError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'PaymentRequiredError',
    summary: 'The server requires payment',
    status: 403,
    retryable: false,
    code: 402,
    condition: 'payment-required',
    blame: 'caller',
  };
}

/** The server forbids the action to this sender. */
export class ForbiddenError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ForbiddenError',
    summary: 'The server forbids this',
    status: 403,
    retryable: false,
    code: 403,
    condition: 'forbidden',
    blame: 'caller',
  };
}

/** A user or vhost does not exist. Nothing was written. */
export class ItemNotFoundError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ItemNotFoundError',
    summary: 'No such user',
    status: 404,
    retryable: false,
    code: 404,
    condition: 'item-not-found',
    blame: 'caller',
  };
}

/** The server allows the action to no sender. */
export class NotAllowedError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'NotAllowedError',
    summary: 'The server does not allow this',
    status: 403,
    retryable: false,
    code: 405,
    condition: 'not-allowed',
    blame: 'caller',
  };
}

/** The server does not accept a value. */
export class NotAcceptableError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'NotAcceptableError',
    summary: 'The server does not accept this',
    status: 422,
    retryable: false,
    code: 406,
    condition: 'not-acceptable',
    blame: 'caller',
  };
}

/** The server requires registration. */
export class RegistrationRequiredError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'RegistrationRequiredError',
    summary: 'The server requires registration',
    status: 502,
    retryable: false,
    code: 407,
    condition: 'registration-required',
    blame: 'ejabberd',
  };
}

/** Another server did not answer in time: codes 408 and 504. */
export class RemoteServerTimeoutError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'RemoteServerTimeoutError',
    summary: 'A remote server did not answer in time',
    status: 504,
    retryable: true,
    code: 504,
    condition: 'remote-server-timeout',
    blame: 'ejabberd',
  };
}

/** The server reports a conflict, such as an item that exists already. */
export class ConflictError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ConflictError',
    summary: 'The server reports a conflict',
    status: 409,
    retryable: false,
    code: 409,
    condition: 'conflict',
    blame: 'caller',
  };
}

/** The server reports an internal error. */
export class InternalServerError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'InternalServerError',
    summary: 'The server reports an internal error',
    status: 502,
    retryable: true,
    code: 500,
    condition: 'internal-server-error',
    blame: 'ejabberd',
  };
}

/** The server does not implement the feature. */
export class FeatureNotImplementedError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'FeatureNotImplementedError',
    summary: 'The server does not implement this',
    status: 501,
    retryable: false,
    code: 501,
    condition: 'feature-not-implemented',
    blame: 'ejabberd',
  };
}

/** The service is unavailable: codes 502, 503 and 510. */
export class ServiceUnavailableError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ServiceUnavailableError',
    summary: 'The service is unavailable',
    status: 503,
    retryable: true,
    code: 503,
    condition: 'service-unavailable',
    blame: 'ejabberd',
  };
}

/** The server redirects to another address. The functions follow no redirect. */
export class RedirectError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'RedirectError',
    summary: 'The server redirects elsewhere',
    status: 502,
    retryable: false,
    code: 302,
    condition: 'redirect',
    blame: 'ejabberd',
  };
}

/** Any other code or fault of the server. The command failed, or was not accepted. `code` is the server's. */
export class UndefinedConditionError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'UndefinedConditionError',
    summary: 'The server reports an unexplained failure',
    status: 502,
    retryable: false,
    condition: 'undefined-condition',
    leavesOutcomeOpen: true,
    blame: 'ejabberd',
  };
}

type ErrorClass = new (details?: ErrorDetails) => RostbeefError;

/** XEP-0086 table 2. */
const CLASS_OF_CODE: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [302, RedirectError],
  [400, BadRequestError],
  [401, NotAuthorizedError],
  [402, PaymentRequiredError],
  [403, ForbiddenError],
  [404, ItemNotFoundError],
  [405, NotAllowedError],
  [406, NotAcceptableError],
  [407, RegistrationRequiredError],
  [408, RemoteServerTimeoutError],
  [409, ConflictError],
  [500, InternalServerError],
  [501, FeatureNotImplementedError],
  [502, ServiceUnavailableError],
  [503, ServiceUnavailableError],
  [504, RemoteServerTimeoutError],
  [510, ServiceUnavailableError],
]);

/**
 * Creates the error for a server's code (XEP-0086 table 2).
 *
 * @param code the code that the server sent, other than 0. A code without a condition, such as 1, -1 or -118, becomes an
 *   {@link UndefinedConditionError} that keeps it
 * @example
 * errorOfCode(404).name // 'ItemNotFoundError'
 */
export function errorOfCode(code: number, details: ErrorDetails = {}): RostbeefError {
  const Class = CLASS_OF_CODE.get(code) ?? UndefinedConditionError;
  return new Class({ ...details, code });
}
