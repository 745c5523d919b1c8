import type { IncomingMessage } from 'node:http';

/** A request body has more bytes than the limit. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/**
 * Reads a request’s whole body. Bytes beyond the limit are read and dropped, because a client that is still sending when the
 * connection closes sees a reset and no response.
 *
 * @param limit bytes
 * @throws BodyTooLargeError if the body is longer
 */
export async function readBody(request: IncomingMessage, limit = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const data of request) {
    const chunk: Buffer = data;
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) throw new BodyTooLargeError(`The body has ${size} bytes; at most ${limit} are accepted.`);
  return Buffer.concat(chunks);
}
