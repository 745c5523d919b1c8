/** HTTP/1.1 messages as bytes: just enough to see where one ends, and to write one that is wrong on purpose. */

/** A message's head, and where its body begins and ends in the bytes received. */
interface Bounds {
  readonly head: string;
  readonly bodyAt: number;
  readonly end: number;
}

/** The first whole message of these bytes; `undefined` while it has not all come. Its body has a `Content-Length`. */
export function messageIn(received: Buffer): Bounds | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = received.toString('latin1', 0, headEnd);
  const end = headEnd + 4 + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return received.length < end ? undefined : { head, bodyAt: headEnd + 4, end };
}

/** A response with this status line's end, headers and body, and nothing that is not given. */
export function rawResponse(status: string, headers: readonly string[], body: string | Buffer = ''): Buffer {
  const head = [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

/** A proper response, with more headers where they are given. */
export function okResponse(body: string | Buffer, ...headers: readonly string[]): Buffer {
  return rawResponse('200 OK', [`Content-Length: ${Buffer.byteLength(body)}`, ...headers], body);
}

/** The body of a response. */
export function bodyOf(response: Buffer): Buffer {
  return response.subarray(response.indexOf('\r\n\r\n') + 4);
}
