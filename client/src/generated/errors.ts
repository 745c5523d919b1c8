// Made by `npm run generate` from the catalogue of methods and errors. Do not edit.

import { CallError, type ErrorDetails } from '../call-error.ts';
import type { Issue, Sides } from './methods.ts';

/** The server refused the request as malformed. */
export class BadRequestError extends CallError {
  override readonly name = 'BadRequestError';
  override readonly retryable = false;
}

/** The function is not configured correctly. */
export class ConfigurationError extends CallError {
  override readonly name = 'ConfigurationError';
  override readonly retryable = false;
  /** Everything that is wrong, by the member that holds it. */
  readonly issues: readonly Issue[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.issues = details.issues ?? [];
  }
}

/** The server reports a conflict. */
export class ConflictError extends CallError {
  override readonly name = 'ConflictError';
  override readonly retryable = false;
}

/** The connection to ejabberd broke before it answered. */
export class ConnectionLostError extends CallError {
  override readonly name = 'ConnectionLostError';
  override readonly retryable = true;
}

/** ejabberd refuses the credentials of the configured secret. */
export class CredentialsRejectedError extends CallError {
  override readonly name = 'CredentialsRejectedError';
  override readonly retryable = false;
}

/** The ejabberd credentials are unavailable. */
export class CredentialsUnavailableError extends CallError {
  override readonly name = 'CredentialsUnavailableError';
  override readonly retryable = true;
}

/** ejabberd did not answer in time. */
export class EjabberdTimeoutError extends CallError {
  override readonly name = 'EjabberdTimeoutError';
  override readonly retryable = true;
}

/** ejabberd can not be reached. */
export class EjabberdUnreachableError extends CallError {
  override readonly name = 'EjabberdUnreachableError';
  override readonly retryable = true;
}

/** The server does not implement this. */
export class FeatureNotImplementedError extends CallError {
  override readonly name = 'FeatureNotImplementedError';
  override readonly retryable = false;
}

/** The server forbids this. */
export class ForbiddenError extends CallError {
  override readonly name = 'ForbiddenError';
  override readonly retryable = false;
}

/** The input names a server or sender that these functions may not act for. */
export class ForbiddenServerError extends CallError {
  override readonly name = 'ForbiddenServerError';
  override readonly retryable = false;
  /** Everything that is wrong, by the member that holds it. */
  readonly issues: readonly Issue[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.issues = details.issues ?? [];
  }
}

/** The stanza may not be sent. */
export class ForbiddenStanzaError extends CallError {
  override readonly name = 'ForbiddenStanzaError';
  override readonly retryable = false;
  /** Everything that is wrong, by the member that holds it. */
  readonly issues: readonly Issue[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.issues = details.issues ?? [];
  }
}

/** Another call with the same idempotency key is in progress. */
export class IdempotencyInProgressError extends CallError {
  override readonly name = 'IdempotencyInProgressError';
  override readonly retryable = true;
}

/** The idempotency table is unavailable, so nothing was sent. */
export class IdempotencyStoreUnavailableError extends CallError {
  override readonly name = 'IdempotencyStoreUnavailableError';
  override readonly retryable = true;
}

/** The server reports an internal error. */
export class InternalServerError extends CallError {
  override readonly name = 'InternalServerError';
  override readonly retryable = true;
}

/** The input is not valid. */
export class InvalidInputError extends CallError {
  override readonly name = 'InvalidInputError';
  override readonly retryable = false;
  /** Everything that is wrong, by the member that holds it. */
  readonly issues: readonly Issue[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.issues = details.issues ?? [];
  }
}

/** No such user. */
export class ItemNotFoundError extends CallError {
  override readonly name = 'ItemNotFoundError';
  override readonly retryable = false;
}

/** Not a valid JID. */
export class JidMalformedError extends CallError {
  override readonly name = 'JidMalformedError';
  override readonly retryable = false;
  /** Everything that is wrong, by the member that holds it. */
  readonly issues: readonly Issue[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.issues = details.issues ?? [];
  }
}

/** ejabberd sent an invalid response. */
export class MalformedResponseError extends CallError {
  override readonly name = 'MalformedResponseError';
  override readonly retryable = false;
}

/** The server does not accept this. */
export class NotAcceptableError extends CallError {
  override readonly name = 'NotAcceptableError';
  override readonly retryable = false;
}

/** The server does not allow this. */
export class NotAllowedError extends CallError {
  override readonly name = 'NotAllowedError';
  override readonly retryable = false;
}

/** The server says that the sender is not authorized. */
export class NotAuthorizedError extends CallError {
  override readonly name = 'NotAuthorizedError';
  override readonly retryable = false;
}

/** The stanza was sent to ejabberd, but whether ejabberd accepted it is unknown. */
export class OutcomeUnknownError extends CallError {
  override readonly name = 'OutcomeUnknownError';
  override readonly retryable = false;
  override readonly leavesOutcomeOpen = true;
}

/** The change is incomplete in one of the two rosters, or could not be verified. */
export class PartialLinkError extends CallError {
  override readonly name = 'PartialLinkError';
  override readonly retryable = true;
  /** The state of both rosters, as they were last read. */
  readonly sides: Sides;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.sides = details.sides ?? { jid1: 'unknown', jid2: 'unknown' };
  }
}

/** The server requires payment. */
export class PaymentRequiredError extends CallError {
  override readonly name = 'PaymentRequiredError';
  override readonly retryable = false;
}

/** The ejabberd account may not run a command. */
export class PermissionDeniedError extends CallError {
  override readonly name = 'PermissionDeniedError';
  override readonly retryable = false;
}

/** The server redirects elsewhere. */
export class RedirectError extends CallError {
  override readonly name = 'RedirectError';
  override readonly retryable = false;
}

/** The server requires registration. */
export class RegistrationRequiredError extends CallError {
  override readonly name = 'RegistrationRequiredError';
  override readonly retryable = false;
}

/** A remote server did not answer in time. */
export class RemoteServerTimeoutError extends CallError {
  override readonly name = 'RemoteServerTimeoutError';
  override readonly retryable = true;
}

/** The result is too large for a Lambda response; ask for pages with maxResults and nextToken. */
export class ResultTooLargeError extends CallError {
  override readonly name = 'ResultTooLargeError';
  override readonly retryable = false;
}

/** The service is unavailable. */
export class ServiceUnavailableError extends CallError {
  override readonly name = 'ServiceUnavailableError';
  override readonly retryable = true;
}

/** The server reports an unexplained failure. */
export class UndefinedConditionError extends CallError {
  override readonly name = 'UndefinedConditionError';
  override readonly retryable = false;
  override readonly leavesOutcomeOpen = true;
}

/** An unexpected error occurred; the function’s log has the details under this request id. */
export class UnexpectedError extends CallError {
  override readonly name = 'UnexpectedError';
  override readonly retryable = false;
  override readonly leavesOutcomeOpen = true;
}

/** The event is not an API Gateway request, an SQS batch, an EventBridge event or the input itself. */
export class UnsupportedEventError extends CallError {
  override readonly name = 'UnsupportedEventError';
  override readonly retryable = false;
}

/** The gateway refuses the request, and no function was called. */
export class RequestRefusedError extends CallError {
  override readonly name = 'RequestRefusedError';
  override readonly retryable = false;
}

/** The gateway does not know the caller. */
export class NotAuthenticatedError extends CallError {
  override readonly name = 'NotAuthenticatedError';
  override readonly retryable = false;
}

/** The request is not signed correctly, or the caller has no permission. */
export class AccessDeniedError extends CallError {
  override readonly name = 'AccessDeniedError';
  override readonly retryable = false;
}

/** The gateway has no such route. */
export class RouteNotFoundError extends CallError {
  override readonly name = 'RouteNotFoundError';
  override readonly retryable = false;
}

/** The route has no such HTTP method. */
export class MethodNotAllowedError extends CallError {
  override readonly name = 'MethodNotAllowedError';
  override readonly retryable = false;
}

/** The request is larger than the gateway accepts. */
export class RequestTooLargeError extends CallError {
  override readonly name = 'RequestTooLargeError';
  override readonly retryable = false;
}

/** The content type is not application/json. */
export class UnsupportedMediaTypeError extends CallError {
  override readonly name = 'UnsupportedMediaTypeError';
  override readonly retryable = false;
}

/** The gateway throttles the caller. */
export class TooManyRequestsError extends CallError {
  override readonly name = 'TooManyRequestsError';
  override readonly retryable = true;
}

/** The gateway failed before it called a function. */
export class GatewayFailedError extends CallError {
  override readonly name = 'GatewayFailedError';
  override readonly retryable = false;
}

/** The function ended without a response; a stanza may have been sent. */
export class FunctionFailedError extends CallError {
  override readonly name = 'FunctionFailedError';
  override readonly retryable = false;
  override readonly leavesOutcomeOpen = true;
}

/** The function did not answer the gateway in time; a stanza may have been sent. */
export class FunctionTimeoutError extends CallError {
  override readonly name = 'FunctionTimeoutError';
  override readonly retryable = false;
  override readonly leavesOutcomeOpen = true;
}

/** There is no connection to the API, and nothing was sent. */
export class ApiUnreachableError extends CallError {
  override readonly name = 'ApiUnreachableError';
  override readonly retryable = true;
}

/** The connection to the API broke before it answered. */
export class ApiConnectionLostError extends CallError {
  override readonly name = 'ApiConnectionLostError';
  override readonly retryable = true;
  override readonly leavesOutcomeOpen = true;
}

/** The API did not answer within the time of the call. */
export class ApiTimeoutError extends CallError {
  override readonly name = 'ApiTimeoutError';
  override readonly retryable = true;
  override readonly leavesOutcomeOpen = true;
}

/** The answer is not one of this API. */
export class ApiAnswerError extends CallError {
  override readonly name = 'ApiAnswerError';
  override readonly retryable = false;
  override readonly leavesOutcomeOpen = true;
}

/** The request could not be signed, and nothing was sent. */
export class SigningError extends CallError {
  override readonly name = 'SigningError';
  override readonly retryable = false;
}

/** The closed set of errors that a call can end in, distinguished by `name`. */
export type RostbeefError =
  | BadRequestError
  | ConfigurationError
  | ConflictError
  | ConnectionLostError
  | CredentialsRejectedError
  | CredentialsUnavailableError
  | EjabberdTimeoutError
  | EjabberdUnreachableError
  | FeatureNotImplementedError
  | ForbiddenError
  | ForbiddenServerError
  | ForbiddenStanzaError
  | IdempotencyInProgressError
  | IdempotencyStoreUnavailableError
  | InternalServerError
  | InvalidInputError
  | ItemNotFoundError
  | JidMalformedError
  | MalformedResponseError
  | NotAcceptableError
  | NotAllowedError
  | NotAuthorizedError
  | OutcomeUnknownError
  | PartialLinkError
  | PaymentRequiredError
  | PermissionDeniedError
  | RedirectError
  | RegistrationRequiredError
  | RemoteServerTimeoutError
  | ResultTooLargeError
  | ServiceUnavailableError
  | UndefinedConditionError
  | UnexpectedError
  | UnsupportedEventError
  | RequestRefusedError
  | NotAuthenticatedError
  | AccessDeniedError
  | RouteNotFoundError
  | MethodNotAllowedError
  | RequestTooLargeError
  | UnsupportedMediaTypeError
  | TooManyRequestsError
  | GatewayFailedError
  | FunctionFailedError
  | FunctionTimeoutError
  | ApiUnreachableError
  | ApiConnectionLostError
  | ApiTimeoutError
  | ApiAnswerError
  | SigningError;

/** The name of an error. */
export type ErrorName = RostbeefError['name'];

/** The class of every error by its name. */
export const ERROR_CLASSES = {
  BadRequestError,
  ConfigurationError,
  ConflictError,
  ConnectionLostError,
  CredentialsRejectedError,
  CredentialsUnavailableError,
  EjabberdTimeoutError,
  EjabberdUnreachableError,
  FeatureNotImplementedError,
  ForbiddenError,
  ForbiddenServerError,
  ForbiddenStanzaError,
  IdempotencyInProgressError,
  IdempotencyStoreUnavailableError,
  InternalServerError,
  InvalidInputError,
  ItemNotFoundError,
  JidMalformedError,
  MalformedResponseError,
  NotAcceptableError,
  NotAllowedError,
  NotAuthorizedError,
  OutcomeUnknownError,
  PartialLinkError,
  PaymentRequiredError,
  PermissionDeniedError,
  RedirectError,
  RegistrationRequiredError,
  RemoteServerTimeoutError,
  ResultTooLargeError,
  ServiceUnavailableError,
  UndefinedConditionError,
  UnexpectedError,
  UnsupportedEventError,
  RequestRefusedError,
  NotAuthenticatedError,
  AccessDeniedError,
  RouteNotFoundError,
  MethodNotAllowedError,
  RequestTooLargeError,
  UnsupportedMediaTypeError,
  TooManyRequestsError,
  GatewayFailedError,
  FunctionFailedError,
  FunctionTimeoutError,
  ApiUnreachableError,
  ApiConnectionLostError,
  ApiTimeoutError,
  ApiAnswerError,
  SigningError,
} as const;

