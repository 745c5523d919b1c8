/** How a call can fail below the level of commands. Messages are constant words, numbers and names of system errors. */

/** A value that can't travel; names the path, never the value. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
}

/** The body is not one well-formed XML-RPC response; says what is wrong and at which byte, and quotes nothing. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/**
 * - `unreachable`: no connection, so that nothing was sent
 * - `timeout`: the signal fired
 * - `lost`: the connection broke before the whole answer was there
 * - `malformed`: what came is not the answer that XML-RPC demands: another status, an encoding, no proper HTTP
 * - `oversized`: the body is larger than the endpoint's `maxResponseBytes`
 */
export type TransportFailure = 'unreachable' | 'timeout' | 'lost' | 'malformed' | 'oversized';

/** No answer came, or none that is one. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly kind: TransportFailure;
  /** Whether the request may have reached the server. */
  readonly sent: boolean;
  /** The system's error code, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  readonly code: string | undefined;
  /** The HTTP status, where another than 200 came. */
  readonly status: number | undefined;

  constructor(kind: TransportFailure, sent: boolean, message: string, code?: string, status?: number) {
    super(code === undefined ? message : `${message} (${code})`);
    this.kind = kind;
    this.sent = sent;
    this.code = code;
    this.status = status;
  }
}

/** The signal fired before anything was sent. */
export function unsentInTime(): TransportError {
  return new TransportError('timeout', false, 'the deadline passed');
}
