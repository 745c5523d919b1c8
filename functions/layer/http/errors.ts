/** How an HTTP request can fail. Messages are constant words, numbers and names of system errors: they quote nothing. */

/**
 * - `unreachable`: no connection was established, so nothing was sent
 * - `timeout`: the caller's signal fired first
 * - `lost`: the connection broke before the whole response had arrived
 * - `malformed`: the response is not a valid one with status 200: another status, a content encoding, broken HTTP
 * - `oversized`: the body is larger than the endpoint's `maxResponseBytes`
 */
export type TransportFailure = 'unreachable' | 'timeout' | 'lost' | 'malformed' | 'oversized';

/** The request failed: there was no response, or an invalid one. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly kind: TransportFailure;
  /** Whether the request may have reached the server. */
  readonly sent: boolean;
  /** The system's error code, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  readonly code: string | undefined;
  /** The HTTP status, if it was not 200. */
  readonly status: number | undefined;

  /**
   * @param kind what went wrong
   * @param sent whether the request may have reached the server
   * @param message constant words; the code is appended
   */
  constructor(kind: TransportFailure, sent: boolean, message: string, code?: string, status?: number) {
    super(code === undefined ? message : `${message} (${code})`);
    this.kind = kind;
    this.sent = sent;
    this.code = code;
    this.status = status;
  }
}

/** A reused connection died, or stayed silent, before the first byte of a response. */
export class StaleConnectionError extends TransportError {}

/** The signal fired before anything was sent. */
export function unsentInTime(): TransportError {
  return new TransportError('timeout', false, 'the deadline passed');
}
