/** Errors that the operator of the functions has to correct. */
import { type ErrorKind, RostbeefError } from './rostbeef-error.ts';

/** Settings are missing or invalid. `issues` has all of them. */
export class ConfigurationError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'ConfigurationError',
    summary: 'The function is not configured correctly',
    status: 500,
    retryable: false,
    blame: 'functions',
  };
}

/** The idempotency table is missing, denied or unreachable. Nothing was sent. */
export class IdempotencyStoreUnavailableError extends RostbeefError {
  static override readonly kind: ErrorKind = {
    name: 'IdempotencyStoreUnavailableError',
    summary: 'The idempotency table is unavailable, so nothing was sent',
    status: 503,
    retryable: true,
    blame: 'functions',
  };
}

/** The functions have a defect. Only the log has the details, because they may hold what a caller sent. */
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
