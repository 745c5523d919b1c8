/** Tells whether a failed connection can have carried a request. */
import { isObject } from './is-object.ts';

/** Codes of failures that come before the first byte is sent: the name, the connection, the certificate. */
const BEFORE_SENDING =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_\w+|ERR_SSL_\w+|EPROTO|ERR_INVALID_URL|ERR_BAD_PORT)$/;

/** A description of the failure, and whether the request may have been sent. */
export interface ConnectionFailure {
  /** The code, such as `ECONNREFUSED`, or the message of an error without one. */
  readonly reason: string;
  readonly mayHaveBeenSent: boolean;
}

/** Describes what an HTTP client threw. */
export function connectionFailure(thrown: unknown): ConnectionFailure {
  const codes = codesIn(thrown);
  const reason = codes.at(-1) ?? (thrown instanceof Error ? thrown.message : String(thrown));
  return { reason, mayHaveBeenSent: codes.length === 0 || !codes.every((code) => BEFORE_SENDING.test(code)) };
}

/** The codes of an error, of its causes, and of what it aggregates: one for each address that was tried. */
function codesIn(thrown: unknown): readonly string[] {
  if (!isObject(thrown)) return [];
  const { code, cause, errors, message } = thrown;
  // The ports that the Fetch standard blocks.
  if (message === 'bad port') return ['ERR_BAD_PORT'];
  const inner = [...(Array.isArray(errors) ? errors : []), cause].flatMap(codesIn);
  if (inner.length > 0) return inner;
  return typeof code === 'string' ? [code] : [];
}
