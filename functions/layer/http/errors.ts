/** Defines the errors of HTTP requests. Their messages quote nothing of the request and the response. */

/**
 * The kind of a failure.
 *
 * - `unreachable`: no connection was made, so that nothing was sent
 * - `timeout`: the deadline ended
 * - `lost`: the connection broke before the end of the response
 * - `malformed`: the response has a status other than 200, a content encoding, or invalid HTTP
 * - `oversized`: the body is larger than `maxResponseBytes` of the endpoint
 */
export type TransportFailure = 'unreachable' | 'timeout' | 'lost' | 'malformed' | 'oversized';

/** The request failed: there was no response, or an invalid one. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly kind: TransportFailure;
  /** Whether the request may have reached the server. */
  readonly sent: boolean;
  /** The error code of the system or of OpenSSL, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  readonly code: string | undefined;
  /** The HTTP status, if it was not 200. */
  readonly status: number | undefined;

  /**
   * @param kind the kind of the failure
   * @param sent whether the request may have reached the server
   * @param message constant words, to which the code is added
   */
  constructor(kind: TransportFailure, sent: boolean, message: string, code?: string, status?: number) {
    super(code === undefined ? message : `${message} (${code})`);
    this.kind = kind;
    this.sent = sent;
    this.code = code;
    this.status = status;
  }
}

/** A reused connection broke, or the deadline passed, before the first byte of the response. */
export class StaleConnectionError extends TransportError {}

/** Creates the error for a deadline that ended before anything was sent. */
export function unsentInTime(): TransportError {
  return new TransportError('timeout', false, 'the deadline passed');
}
