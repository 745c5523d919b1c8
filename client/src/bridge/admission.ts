/** Decides which HTTP requests the bridge reads. A web page must not reach it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is refused. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The most bytes of a body. */
export const MAX_BODY_BYTES = 1_048_576;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * The reason to refuse a request; `undefined` if it may be read.
 *
 * @param secret the password that callers have to send; without one only this machine is answered
 */
export function refusalOf({ method, headers }: IncomingMessage, secret: string | undefined): Refusal | undefined {
  const { host, origin, authorization, 'content-type': type, 'content-length': length } = headers;
  if (origin !== undefined) return { status: 403, reason: 'The bridge answers no web page.' };
  if (secret === undefined && host !== undefined && !LOOPBACK.test(host)) {
    return { status: 403, reason: 'The bridge answers loopback names only.' };
  }
  if (secret !== undefined && !hasSecret(authorization, secret)) {
    const challenge = { 'www-authenticate': 'Basic realm="rostbeef bridge", charset="UTF-8"' };
    return { status: 401, reason: 'The password of the bridge is required.', headers: challenge };
  }
  if (method !== 'POST') return { status: 405, reason: 'The HTTP method must be POST.', headers: { allow: 'POST' } };
  if (!/^text\/xml\s*(?:;|$)/i.test(type ?? '')) return { status: 415, reason: 'The content type must be text/xml.' };
  if (Number(length) > MAX_BODY_BYTES) return TOO_LARGE;
  return undefined;
}

/** The refusal of a body that is too large. */
export const TOO_LARGE: Refusal = { status: 413, reason: `The body must have at most ${MAX_BODY_BYTES} bytes.` };

/** RFC 7617, with any user name. */
function hasSecret(authorization: string | undefined, secret: string): boolean {
  const [, encoded = ''] = /^Basic\s+([\w+/=-]+)$/i.exec(authorization ?? '') ?? [];
  const [, password = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(password), digest(secret));
}
