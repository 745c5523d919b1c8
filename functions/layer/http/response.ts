/** Checks the head of a response, and reads its body. */
import type { IncomingMessage } from 'node:http';

/** Names the problem of an unacceptable head. Two readers could understand such a head differently (RFC 9112 section 11). */
export function problemOf({ statusCode, headers, httpVersion }: IncomingMessage): string | undefined {
  if (statusCode !== 200) return `HTTP status ${statusCode}`;
  if (headers['content-encoding'] !== undefined) return 'a content encoding';
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'not an HTTP/1 response';
  const encoding = headers['transfer-encoding'];
  if (encoding === undefined) return undefined;
  // A recipient that knows only HTTP/1.0 does not decode chunks (RFC 9112 section 6.1).
  return httpVersion === '1.1' && encoding.toLowerCase() === 'chunked' ? undefined : 'an unexpected transfer encoding';
}

/** The body is larger than allowed. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';

  constructor(maxBytes: number) {
    super(`a body of more than ${maxBytes} bytes`);
  }
}

/**
 * Reads the body of a response.
 *
 * @param maxBytes the largest body, in bytes
 * @throws BodyTooLargeError if the body is larger, as soon as the head or the body shows it
 * @throws Error of Node.js if the connection breaks
 */
export function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => reject(new BodyTooLargeError(maxBytes));
    if (Number(response.headers['content-length']) > maxBytes) return tooLarge();
    let bytes: Buffer | undefined;
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      if (size + chunk.length > maxBytes) return tooLarge();
      bytes = bytes === undefined ? chunk : withMore(bytes, size, chunk);
      size += chunk.length;
    });
    response.on('error', reject);
    response.on('end', () => {
      if (response.complete) resolve(bytes?.subarray(0, size) ?? Buffer.alloc(0));
    });
  });
}

/** Appends a chunk to the used bytes of a buffer. A list of small chunks would take far more memory than their bytes. */
function withMore(bytes: Buffer, used: number, chunk: Buffer): Buffer {
  const wanted = used + chunk.length;
  const buffer = wanted <= bytes.length ? bytes : Buffer.allocUnsafeSlow(Math.max(wanted, 2 * bytes.length));
  if (buffer !== bytes) bytes.copy(buffer, 0, 0, used);
  chunk.copy(buffer, used);
  return buffer;
}
