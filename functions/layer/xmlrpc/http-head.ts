/** The head of an HTTP response, strictly: what two readers could understand differently is refused (RFC 9112, section 11). */
import { TransportError } from './errors.ts';

/** What a head says of the response and of its connection. */
export interface ResponseHead {
  readonly status: number;
  /** Bytes of the body, where they are stated. */
  readonly length: number | undefined;
  readonly isChunked: boolean;
  /** Whether the body is in a content encoding. */
  readonly isEncoded: boolean;
  /** Whether the server keeps the connection. */
  readonly isKept: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const HEADER = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e\x80-\xff]*)$/;
const LENGTH = /^[ \t]*\d{1,15}[ \t]*$/;
const CHUNKED = /^[ \t]*chunked[ \t]*$/i;

/**
 * Reads a head.
 *
 * @param text the status line and the headers, without the empty line after them; Latin-1
 * @throws TransportError of the kind `malformed`
 * @example
 * headOf('HTTP/1.1 200 OK\r\nContent-Length: 5').length // 5
 */
export function headOf(text: string): ResponseHead {
  const [statusLine = '', ...headers] = text.split('\r\n');
  const [, minor, status] = STATUS_LINE.exec(statusLine) ?? [];
  if (status === undefined) throw notHttp('no status line');
  const head = { status: Number(status), length: undefined, isChunked: false, isEncoded: false, isKept: minor === '1' };
  const whole = headers.reduce<ResponseHead>(withHeader, head);
  if (whole.isChunked && whole.length !== undefined) throw notHttp('a length and chunks');
  return whole;
}

function withHeader(head: ResponseHead, line: string): ResponseHead {
  const [, name, value = ''] = HEADER.exec(line) ?? [];
  switch (name?.toLowerCase()) {
    case undefined:
      throw notHttp('a header is none');
    case 'content-length':
      if (head.length !== undefined || !LENGTH.test(value)) throw notHttp('its length is not one number');
      return { ...head, length: Number(value) };
    case 'transfer-encoding':
      if (head.isChunked || !CHUNKED.test(value)) throw notHttp('an unknown transfer encoding');
      return { ...head, isChunked: true };
    case 'content-encoding':
      return { ...head, isEncoded: true };
    case 'connection':
      if (/\bclose\b/i.test(value)) return { ...head, isKept: false };
      return /\bkeep-alive\b/i.test(value) ? { ...head, isKept: true } : head;
    default:
      return head;
  }
}

/** @param problem in constant words: what came may quote anything */
export function notHttp(problem: string): TransportError {
  return new TransportError('malformed', true, `not an HTTP response: ${problem}`);
}
