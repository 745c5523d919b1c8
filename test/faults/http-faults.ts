/** Faults of HTTP: what is no answer, or one by a server that should not be trusted. */

import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Exchange } from '../support/fault-proxy.ts';
import { bodyOf, okResponse, rawResponse } from '../support/http-message.ts';
import { type Fault, harmless, malformed, timeout } from './fault.ts';

/** The limit that the matrix runs with, in bytes. */
export const MAX_RESPONSE_BYTES = 65_536;

/** The server does what it was asked, and its proper body comes in this response. */
const answered = (respond: (body: Buffer) => Buffer | string) => async (exchange: Exchange) => {
  exchange.socket.write(respond(bodyOf(await exchange.forward())));
};

/** Writes a piece over and over until nobody listens any more. */
const endless = (begin: Buffer | string, piece: string, pauseMs: number) => async (exchange: Exchange) => {
  const { socket } = exchange;
  await exchange.forward();
  socket.write(begin);
  while (!socket.destroyed) {
    if (!socket.write(piece) || pauseMs > 0) await sleep(pauseMs);
  }
};

const STATUSES = [
  '201 Created',
  '204 No Content',
  '301 Moved Permanently',
  '302 Found',
  '401 Unauthorized',
  '403 Forbidden',
  '404 Not Found',
  '429 Too Many Requests',
  '500 Internal Server Error',
  '502 Bad Gateway',
  '503 Service Unavailable',
];

const statusFaults = STATUSES.map((status): Fault => {
  const headers = (body: Buffer) => [`Content-Length: ${body.length}`, 'Location: /elsewhere', 'Retry-After: 0'];
  return {
    name: `${status}, with a valid body`,
    play: answered((body) => rawResponse(status, headers(body), body)),
    expected: malformed,
  };
});

const lengthOf = (body: Buffer, wrongBy = 0) => `Content-Length: ${body.length + wrongBy}`;

export const httpFaults: readonly Fault[] = [
  ...statusFaults,
  {
    name: '404 Not Found, then reset',
    play: async ({ socket, forward, reset }) => {
      await forward();
      socket.write(rawResponse('404 Not Found', ['Content-Length: 1000']), reset);
    },
    expected: malformed,
  },
  {
    name: '101 Switching Protocols',
    play: answered(() => rawResponse('101 Switching Protocols', ['Upgrade: tls', 'Connection: Upgrade'])),
    expected: malformed,
  },
  {
    name: '100 Continue first',
    play: answered((body) => Buffer.concat([rawResponse('100 Continue', []), okResponse(body)])),
    expected: harmless,
    isSound: true,
  },
  { name: '100 Continue without end', play: endless('', 'HTTP/1.1 100 Continue\r\n\r\n', 1), expected: malformed },
  {
    name: 'a length that is too long, then silence',
    play: answered((body) => rawResponse('200 OK', [lengthOf(body, 1)], body)),
    expected: timeout,
  },
  {
    name: 'a length that is too short',
    play: answered((body) => rawResponse('200 OK', [lengthOf(body, -1)], body)),
    expected: malformed,
  },
  {
    name: 'a negative length',
    play: answered((body) => rawResponse('200 OK', ['Content-Length: -1'], body)),
    expected: malformed,
  },
  {
    name: 'two lengths',
    play: answered((body) => rawResponse('200 OK', [lengthOf(body), lengthOf(body, 1)], body)),
    expected: malformed,
  },
  {
    name: 'a length, and chunks',
    play: answered((body) => rawResponse('200 OK', [lengthOf(body), 'Transfer-Encoding: chunked'], body)),
    expected: malformed,
  },
  {
    name: 'bytes after the body',
    play: answered((body) => Buffer.concat([okResponse(body), Buffer.from('garbage')])),
    expected: harmless,
  },
  {
    name: 'the answer, and once more',
    play: answered((body) => Buffer.concat([okResponse(body), okResponse(body)])),
    expected: harmless,
  },
  {
    name: 'a Content-Encoding, and the body in it',
    play: answered((body) => okResponse(gzipSync(body), 'Content-Encoding: gzip')),
    expected: malformed,
  },
  {
    name: 'a Content-Encoding, and the body as it is',
    play: answered((body) => okResponse(body, 'Content-Encoding: identity')),
    expected: malformed,
  },
  {
    name: 'chunks',
    play: answered((body) =>
      rawResponse('200 OK', ['Transfer-Encoding: chunked'], `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`),
    ),
    expected: harmless,
    isSound: true,
  },
  {
    name: 'chunks of garbage',
    play: answered((body) => rawResponse('200 OK', ['Transfer-Encoding: chunked'], `zz\r\n${body}\r\n0\r\n\r\n`)),
    expected: malformed,
  },
  {
    name: 'chunks without the last, then closed',
    play: async ({ socket, forward }) => {
      const body = bodyOf(await forward());
      socket.end(rawResponse('200 OK', ['Transfer-Encoding: chunked'], `${body.length.toString(16)}\r\n${body}\r\n`));
    },
    expected: (column) => malformed(column).replace('MalformedResponseError', 'ConnectionLostError'),
  },
  {
    name: 'headers of 64 KB',
    play: answered((body) => okResponse(body, `X-Long: ${'x'.repeat(65_536)}`)),
    expected: malformed,
  },
  { name: 'headers without end', play: endless('HTTP/1.1 200 OK\r\n', 'X-More: x\r\n', 0), expected: malformed },
  {
    name: 'a body over EJABBERD_MAX_RESPONSE_BYTES, by its length',
    play: answered(() => okResponse('x'.repeat(MAX_RESPONSE_BYTES + 1))),
    expected: malformed,
  },
  {
    name: 'a body over EJABBERD_MAX_RESPONSE_BYTES, in chunks without end',
    play: endless(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
      '1000\r\n'.padEnd(4102, 'x').concat('\r\n'),
      0,
    ),
    expected: malformed,
  },
  { name: 'a body of nothing', play: answered(() => okResponse('')), expected: malformed, isSound: true },
  {
    name: 'a page of HTML',
    play: answered(() => okResponse('<html><title>canary-body</title></html>')),
    expected: malformed,
    isSound: true,
  },
  { name: 'a body without a head', play: answered((body) => body), expected: malformed },
  { name: 'the greeting of another protocol', play: answered(() => 'SSH-2.0-OpenSSH_9.9\r\n'), expected: malformed },
];
