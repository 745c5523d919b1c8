import type { IncomingMessage } from 'node:http';

/** A request body that is longer than its reader accepts. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/**
 * Reads a request's whole body. What comes past `limit` bytes is read and dropped, since a client that is still
 * sending when its connection closes sees a reset instead of the answer.
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
