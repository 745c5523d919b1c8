import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createEndpoint, openSockets, post, TransportError } from '../../functions/layer/http/index.ts';
import { Deadline } from '../../functions/layer/shared/deadline.ts';
import { listen } from '../../infra/local/listen.ts';
import { ok, type Script } from '../support/scripted-server.ts';
import { client, failureOf, serve, stopLater } from '../support/transport-client.ts';

const xml = '<methodResponse/>';

/** A response whose body is one chunk. */
const chunked = (transferEncoding: string) =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: ${transferEncoding}\r\n\r\n11\r\n${xml}\r\n0\r\n\r\n`;

describe('a request', () => {
  it('has Title-Case headers and the length of its body, and comes in one piece', async () => {
    const pieces: string[] = [];
    const server = createServer((socket) => {
      socket.on('data', (data) => {
        pieces.push(data.toString());
        socket.write(ok(xml));
      });
    });
    stopLater(() => server.close());
    const port = await listen(server, 0, '127.0.0.1');
    await client(new URL(`http://127.0.0.1:${port}/a/b?c=d`)).read({ body: 'é', fresh: true });
    expect(pieces).toEqual([
      [
        'POST /a/b?c=d HTTP/1.1',
        `Host: 127.0.0.1:${port}`,
        'User-Agent: rostbeef-functions',
        'Content-Type: text/xml',
        'Content-Length: 2',
        'Connection: close',
        '',
        'é',
      ].join('\r\n'),
    ]);
  });

  it.each([
    ['with a length', ok(xml)],
    ['in chunks', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<meth\r\nc\r\nodResponse/>\r\n0\r\n\r\n`],
    ['up to the end of the connection', `HTTP/1.0 200 OK\r\n\r\n${xml}`],
    ['after ten interim responses', `${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(10)}${ok(xml)}`],
    ['with more behind it', `${ok(xml)}HTTP/1.1 500 Canary\r\n\r\n`],
  ])('gets the body of an answer %s', async (_, bytes) => {
    const { url } = await serve((socket) => socket.end(bytes));
    expect(await client(url).read()).toBe(xml);
  });

  it('gets an answer that comes byte by byte', async () => {
    const { url } = await serve(async (socket) => {
      for (const byte of ok(xml)) await new Promise((written) => socket.write(byte, written));
    });
    expect(await client(url).read()).toBe(xml);
  });
});

describe('a failure', () => {
  const reset =
    (bytes: string): Script =>
    (socket) => {
      socket.write(bytes, () => socket.resetAndDestroy());
    };
  const end =
    (bytes: string): Script =>
    (socket) =>
      socket.end(bytes);
  const write =
    (bytes: string): Script =>
    (socket) =>
      void socket.write(bytes);

  it.each<[string, Script, string]>([
    ['the connection closes without an answer', end(''), 'lost'],
    ['the connection is reset without an answer', reset(''), 'lost'],
    ['the answer ends in its head', end('HTTP/1.1 200 OK\r\nContent-'), 'lost'],
    ['the answer ends in its body', end(ok(xml).slice(0, -3)), 'lost'],
    ['the answer is reset in its body', reset(ok(xml).slice(0, -3)), 'lost'],
    ['the answer ends in a chunk', end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nx'), 'lost'],
    ['a chunk has no size', end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ncanary\r\n'), 'malformed'],
    ['there are two lengths', end(ok(xml, 'Transfer-Encoding: chunked\r\n')), 'malformed'],
    ['there are two different lengths', end(ok(xml, 'Content-Length: 1\r\n')), 'malformed'],
    ['the length is a list', end(`HTTP/1.1 200 OK\r\nContent-Length: 17, 17\r\n\r\n${xml}`), 'malformed'],
    ['the length has a sign', end(`HTTP/1.1 200 OK\r\nContent-Length: +17\r\n\r\n${xml}`), 'malformed'],
    [
      'the transfer encoding is unknown',
      end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: canary\r\n\r\n${xml}`),
      'malformed',
    ],
    ['chunks are in another encoding', end(chunked('gzip, chunked')), 'malformed'],
    ['the transfer encoding is given twice', end(chunked('chunked\r\nTransfer-Encoding: chunked')), 'malformed'],
    ['chunks come in a response of HTTP/1.0', end(chunked('chunked').replace('HTTP/1.1', 'HTTP/1.0')), 'malformed'],
    ['the response is of HTTP/2', end(ok(xml).replace('HTTP/1.1', 'HTTP/2.0')), 'malformed'],
    ['a length is folded', end(`HTTP/1.1 200 OK\r\nContent-Length:\r\n 17\r\n\r\n${xml}`), 'malformed'],
    ['a header is folded', end(ok(xml, 'X-Canary: a\r\n b\r\n')), 'malformed'],
    ['there is a space before the colon', end(`HTTP/1.1 200 OK\r\nContent-Length : 17\r\n\r\n${xml}`), 'malformed'],
    ['a header has no colon', end(ok(xml, 'canary\r\n')), 'malformed'],
    ['lines end with a bare line feed', end(ok(xml).replaceAll('\r\n', '\n')), 'malformed'],
    ['a header holds a bare carriage return', end(ok(xml, 'X-Canary: a\rb\r\n')), 'malformed'],
    ['a chunk is longer than its size', end(chunked('chunked').replace('11\r\n', '5\r\n')), 'malformed'],
    ['interim responses have no end', write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(11)), 'malformed'],
    ['interim headers have no end', write(`HTTP/1.1 103 Early Hints\r\n${'X: canary\r\n'.repeat(5_000)}`), 'malformed'],
    ['trailers have no end', write(`${chunked('chunked').slice(0, -2)}${'X: canary\r\n'.repeat(5_000)}`), 'malformed'],
    ['the answer is not HTTP', end('SSH-2.0-canary\r\n'), 'malformed'],
    ['the head has no end', write(`HTTP/1.1 200 OK\r\nX: ${'canary'.repeat(5_000)}`), 'malformed'],
    [
      'the server switches protocols',
      write('HTTP/1.1 101 Canary\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
      'malformed',
    ],
    ['the answer is encoded', write(ok(xml, 'Content-Encoding: gzip\r\n')), 'malformed'],
    ['the answer is encoded as it is', write(ok(xml, 'Content-Encoding: identity\r\n')), 'malformed'],
    ['a length is too large', write(`HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n`), 'oversized'],
    ['a body grows too large', write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_001)}`), 'oversized'],
    [
      'an error page is cut off',
      reset('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 99\r\n\r\n<h1>canary'),
      'malformed',
    ],
  ])('is told once where %s', async (_, script, kind) => {
    const server = await serve(script);
    const failure = await failureOf(client(server.url).write());
    expect(failure).toBeInstanceOf(TransportError);
    expect(failure).toMatchObject({ kind, sent: true });
    expect(String(failure)).not.toMatch(/canary/i);
    expect(server.requests).toHaveLength(1);
    await expect.poll(() => server.connections().open).toBe(0);
  });

  it.each([201, 204, 301, 302, 401, 403, 404, 413, 429, 500, 502, 503])(
    'is what status %i means, whatever the body, and no redirect is followed',
    async (status) => {
      const answer = ok(xml, 'Location: /elsewhere\r\n').replace('200 OK', `${status} Canary`);
      const server = await serve((socket) => void socket.write(answer));
      const failure = await failureOf(client(server.url).read());
      expect(failure).toMatchObject({ kind: 'malformed', sent: true, message: `HTTP status ${status}` });
      expect(server.requests).toHaveLength(1);
    },
  );

  it('of no connection says that nothing was sent, and why', async () => {
    const closed = createServer();
    const port = await listen(closed, 0, '127.0.0.1');
    await new Promise((resolve) => closed.close(resolve));
    expect(await failureOf(client(new URL(`http://127.0.0.1:${port}/`)).write())).toMatchObject({
      kind: 'unreachable',
      sent: false,
      code: 'ECONNREFUSED',
    });
  });
});

describe('the deadline', () => {
  const nothing: Script = () => undefined;
  const drip: Script = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n');
    const timer = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(timer));
  };

  it.each<[string, Script]>([
    ['never answers', nothing],
    ['falls silent after the head', (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')],
    ['drips', drip],
  ])('ends a call to a server that %s', async (_, script) => {
    const server = await serve(script);
    const failure = await failureOf(client(server.url).read({ timeoutMs: 150 }));
    expect(failure).toMatchObject({ kind: 'timeout', sent: true });
    await expect.poll(() => server.connections().open).toBe(0);
  });

  it('ends a call to a server that does not read', async () => {
    const deaf = createServer((socket) => void socket.pause().on('error', () => undefined));
    stopLater(() => deaf.close());
    const url = new URL(`http://127.0.0.1:${await listen(deaf, 0, '127.0.0.1')}/`);
    const body = 'x'.repeat(30_000_000);
    expect(await failureOf(client(url).write({ timeoutMs: 150, body }))).toMatchObject({ kind: 'timeout', sent: true });
  });

  it('ends a call before it has a connection, and then nothing was sent', async () => {
    const mute = createServer(() => undefined);
    stopLater(() => mute.close());
    const url = new URL(`https://127.0.0.1:${await listen(mute, 0, '127.0.0.1')}/`);
    const unsent = { kind: 'timeout', sent: false };
    expect(await failureOf(client(url).write({ timeoutMs: 150 }))).toMatchObject(unsent);

    const { read } = client((await serve(nothing)).url, { maxSockets: 1 });
    const [, queued] = await Promise.all([failureOf(read({ timeoutMs: 300 })), failureOf(read({ timeoutMs: 150 }))]);
    expect(queued).toMatchObject(unsent);
  });

  it('that has passed already sends nothing', async () => {
    const server = await serve((socket) => socket.end(ok(xml)));
    const endpoint = createEndpoint({ url: server.url, ca: undefined, maxResponseBytes: 1_000, maxSockets: 1 });
    const deadline = new Deadline(1_000);
    deadline.end();
    const options = { deadline, idempotent: true, sockets: openSockets(endpoint) };
    expect(await failureOf(post(endpoint, '', options))).toMatchObject({ kind: 'timeout', sent: false });
    expect(server.requests).toEqual([]);
  });
});
