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

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const HEADER = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e\x80-\xff]*)$/;
const LENGTH = /^[ \t]*\d{1,15}[ \t]*$/;
const CHUNKED = /^[ \t]*chunked[ \t]*$/i;
const CLOSE = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const KEEP_ALIVE = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i;

/** What headers say, taken together. */
interface Headers extends Pick<ResponseHead, 'length' | 'isChunked' | 'isEncoded'> {
  readonly saysClose: boolean;
  readonly saysKeepAlive: boolean;
}

const NONE: Headers = {
  length: undefined,
  isChunked: false,
  isEncoded: false,
  saysClose: false,
  saysKeepAlive: false,
};

/**
 * Reads a head.
 *
 * @param text the status line and the headers, without the empty line after them; Latin-1
 * @throws TransportError of the kind `malformed`
 * @example
 * headOf('HTTP/1.1 200 OK\r\nContent-Length: 5').length // 5
 */
export function headOf(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const [, minor, status] = STATUS_LINE.exec(statusLine) ?? [];
  if (status === undefined) throw notHttp('no status line');
  const { saysClose, saysKeepAlive, ...headers } = lines.reduce(withHeader, NONE);
  const { isChunked, length } = headers;
  if (isChunked && length !== undefined) throw notHttp('a length and chunks');
  // Whoever is of HTTP/1.0 may have got the chunks from somebody else (RFC 9112, section 6.1).
  const isKept = !saysClose && (minor === '1' || (saysKeepAlive && !isChunked));
  return { status: Number(status), ...headers, isKept };
}

/**
 * Checks a trailer, which says nothing that matters here.
 *
 * @throws TransportError of the kind `malformed`, also where it would frame the body that is over
 */
export function checkTrailer(line: string): void {
  const { length, isChunked } = withHeader(NONE, line);
  if (length !== undefined || isChunked) throw notHttp('a trailer frames the body');
}

function withHeader(headers: Headers, line: string): Headers {
  const [, name, value = ''] = HEADER.exec(line) ?? [];
  switch (name?.toLowerCase()) {
    case undefined:
      throw notHttp('a header is none');
    case 'content-length':
      if (headers.length !== undefined || !LENGTH.test(value)) throw notHttp('its length is not one number');
      return { ...headers, length: Number(value) };
    case 'transfer-encoding':
      if (headers.isChunked || !CHUNKED.test(value)) throw notHttp('an unknown transfer encoding');
      return { ...headers, isChunked: true };
    case 'content-encoding':
      return { ...headers, isEncoded: true };
    case 'connection':
      return {
        ...headers,
        saysClose: headers.saysClose || CLOSE.test(value),
        saysKeepAlive: headers.saysKeepAlive || KEEP_ALIVE.test(value),
      };
    default:
      return headers;
  }
}

/** @param problem in constant words: what came may quote anything */
export function notHttp(problem: string): TransportError {
  return new TransportError('malformed', true, `not an HTTP response: ${problem}`);
}
