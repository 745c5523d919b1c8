/** Describes a call without a valid response: the place of the failure, and what to check. */
import { TransportError } from '../http/index.ts';
import { hostAndPort } from '../shared/host-and-port.ts';

const CHECK_PATH = 'check that the path of EJABBERD_URL is the one that ejabberd.yml gives to ejabberd_xmlrpc';
const CHECK_TLS_AND_MODULES =
  'if every call ends so, check that the port has no TLS (else EJABBERD_URL begins with https://) and that ejabberd has mod_admin_extra';
const SET_AUTHORITY = 'set EJABBERD_CA_PEM to the certificate of the authority that signed its certificate';

/** Advice by the error code of the system or of OpenSSL, if there was no connection. */
const ADVICE_BY_CODE: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'check EJABBERD_URL, and that ejabberd runs'],
  ['ENOTFOUND', 'check the host name in EJABBERD_URL'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', SET_AUTHORITY],
  ['SELF_SIGNED_CERT_IN_CHAIN', SET_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', SET_AUTHORITY],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', SET_AUTHORITY],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'EJABBERD_URL must have a host name that its certificate has'],
]);

/**
 * Describes a failed call.
 *
 * @param cause the error of the call. Its message has only constant words, numbers and error codes
 * @param command the command that was called
 * @param url the server's URL. The message has only its host and port
 * @example
 * describeFailure(refused, 'get_roster', url)
 * // 'no connection (ECONNREFUSED), in get_roster at 10.0.0.5:5280; check EJABBERD_URL, and that ejabberd runs'
 */
export function describeFailure(cause: Error, command: string, url: URL): string {
  const advice = cause instanceof TransportError ? adviceFor(cause, url) : undefined;
  return `${cause.message}, in ${command} at ${addressOf(url)}${advice === undefined ? '' : `; ${advice}`}`;
}

function addressOf(url: URL): string {
  return `${url.hostname}:${hostAndPort(url).port}`;
}

function adviceFor({ kind, code, status }: TransportError, { protocol }: URL): string | undefined {
  if (kind === 'unreachable') {
    const isHandshake = code === undefined || code === 'ECONNRESET' || code === 'EPROTO' || code.startsWith('ERR_SSL_');
    if (protocol === 'https:' && isHandshake) return 'if this port has no TLS, EJABBERD_URL must begin with http://';
    return code === undefined ? undefined : ADVICE_BY_CODE.get(code);
  }
  if (protocol === 'http:' && kind === 'malformed' && code?.startsWith('HPE_')) {
    return 'if this port has TLS, EJABBERD_URL must begin with https://';
  }
  // ejabberd closes the connection without a response in both cases.
  if (kind === 'lost' && protocol === 'http:') return CHECK_TLS_AND_MODULES;
  if (kind !== 'malformed') return undefined;
  if (status === 400 || status === 404 || status === 405) return CHECK_PATH;
  if (status !== undefined && status < 400) return 'set EJABBERD_URL to the final address: no redirect is followed';
  return undefined;
}
