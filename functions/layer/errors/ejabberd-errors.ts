/** Errors of the credentials, of the connection to ejabberd, and of its responses. */
import { type ErrorKind, RostbeefError } from './rostbeef-error.ts';

/** The secret can not be read, or does not have the form `{"user", "server", "password"}`. Nothing was sent. */
export class CredentialsUnavailableError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'CredentialsUnavailableError',
    summary: 'The ejabberd credentials are unavailable',
    status: 503,
    retryable: true,
    blame: 'credentials',
  };
}

/** ejabberd refused the credentials, and also those of a second read of the secret. */
export class CredentialsRejectedError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'CredentialsRejectedError',
    summary: 'ejabberd refuses the credentials of the configured secret',
    status: 502,
    retryable: false,
    blame: 'credentials',
  };
}

/** The credentials are valid, but the account may not run the command (`api_permissions` of ejabberd.yml). */
export class PermissionDeniedError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'PermissionDeniedError',
    summary: 'The ejabberd account may not run a command',
    status: 502,
    retryable: false,
    blame: 'ejabberd',
  };
}

/** No connection was made. Nothing was sent. */
export class EjabberdUnreachableError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'EjabberdUnreachableError',
    summary: 'ejabberd can not be reached',
    status: 503,
    retryable: true,
    blame: 'ejabberd',
  };
}

/** The deadline passed. Either nothing was sent, or the method is idempotent. */
export class EjabberdTimeoutError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'EjabberdTimeoutError',
    summary: 'ejabberd did not answer in time',
    status: 504,
    retryable: true,
    blame: 'ejabberd',
  };
}

/** The connection broke after the request was sent, and the method is idempotent. */
export class ConnectionLostError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ConnectionLostError',
    summary: 'The connection to ejabberd broke before it answered',
    status: 502,
    retryable: true,
    blame: 'ejabberd',
  };
}

/** The response is not valid HTTP, XML-RPC or not the form of the command, and the method is idempotent. */
export class MalformedResponseError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'MalformedResponseError',
    summary: 'ejabberd sent an invalid response',
    status: 502,
    retryable: false,
    blame: 'ejabberd',
  };
}

/** A stanza was sent, and its outcome is unknown. Repeat the call only if a second delivery does no harm. */
export class OutcomeUnknownError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'OutcomeUnknownError',
    summary: 'The stanza was sent to ejabberd, but whether ejabberd accepted it is unknown',
    status: 502,
    retryable: false,
    leavesOutcomeOpen: true,
    blame: 'ejabberd',
  };
}
