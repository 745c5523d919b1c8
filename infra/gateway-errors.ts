/** The errors that an API gateway reports by itself, before or instead of a function. */

/** One error of the gateway. */
export interface GatewayError {
  /** Public API: callers match on it, as on the names of the functions' errors. */
  readonly name: string;
  /** A sentence without its full stop. */
  readonly summary: string;
  readonly status: number;
  /** Whether the gateway has called no function and may accept the same request later. */
  readonly retryable: boolean;
}

/** All of them, in the order of their statuses. */
export const GATEWAY_ERRORS: readonly GatewayError[] = [
  {
    name: 'RequestRefusedError',
    summary: 'The gateway refuses the request, and no function was called',
    status: 400,
    retryable: false,
  },
  { name: 'NotAuthenticatedError', summary: 'The gateway does not know the caller', status: 401, retryable: false },
  {
    name: 'AccessDeniedError',
    summary: 'The request is not signed correctly, or the caller has no permission',
    status: 403,
    retryable: false,
  },
  { name: 'RouteNotFoundError', summary: 'The gateway has no such route', status: 404, retryable: false },
  { name: 'MethodNotAllowedError', summary: 'The route has no such HTTP method', status: 405, retryable: false },
  {
    name: 'RequestTooLargeError',
    summary: 'The request is larger than the gateway accepts',
    status: 413,
    retryable: false,
  },
  {
    name: 'UnsupportedMediaTypeError',
    summary: 'The content type is not application/json',
    status: 415,
    retryable: false,
  },
  { name: 'TooManyRequestsError', summary: 'The gateway throttles the caller', status: 429, retryable: true },
  {
    name: 'GatewayFailedError',
    summary: 'The gateway failed before it called a function',
    status: 500,
    retryable: false,
  },
  {
    name: 'FunctionFailedError',
    summary: 'The function ended without a response; a stanza may have been sent',
    status: 502,
    retryable: false,
  },
  {
    name: 'FunctionTimeoutError',
    summary: 'The function did not answer the gateway in time; a stanza may have been sent',
    status: 504,
    retryable: false,
  },
];

/** Returns `name` and `retryable` of the gateway’s problem with this status. */
export function namedByStatus(status: number): Pick<GatewayError, 'name' | 'retryable'> {
  const found = GATEWAY_ERRORS.find((error) => error.status === status);
  const { name, retryable } = found ?? (status < 500 ? REFUSED : FAILED);
  return { name, retryable };
}

const REFUSED = { name: 'RequestRefusedError', retryable: false };
const FAILED = { name: 'FunctionFailedError', retryable: false };
