import { fork } from 'node:child_process';
import dns from 'node:dns';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import tls, { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import { listen } from '../../infra/local/listen.ts';
import { openBlackHole } from '../support/black-hole.ts';
import { selfSigned } from '../support/certificates.ts';
import { ok, type Script, type ScriptedServer } from '../support/scripted-server.ts';
import { client, failureOf, serve, stopLater } from '../support/transport-client.ts';

const xml = '<methodResponse/>';
const hasIpv6 = Object.values(networkInterfaces()).some((ways) => ways?.some(({ address }) => address === '::1'));

describe('a connection', () => {
  const answer: Script = (socket) => void socket.write(ok(xml));
  const connectionsOf = ({ requests }: ScriptedServer) => requests.map(({ connection }) => connection);

  it('is kept for what is idempotent; what is not has one of its invocation’s own', async () => {
    const server = await serve(answer);
    const { read, write } = client(server.url);
    for (const call of [read, read, write, write, read]) await call();
    expect(connectionsOf(server)).toEqual([1, 1, 2, 2, 1]);
  });

  it('that is to be fresh carried nothing before, and carries nothing after', async () => {
    const server = await serve(answer);
    const { read } = client(server.url);
    await read();
    await read({ fresh: true });
    await read();
    expect(connectionsOf(server)).toEqual([1, 2, 1]);
    expect(server.requests[1]?.head).toContain('Connection: close');
  });

  it('that died while it was idle is replaced once, and so are the others', async () => {
    const server = await serve((socket, { connection }) => {
      if (connection <= 2 && server.requests.length > 2) socket.resetAndDestroy();
      else socket.write(ok(xml));
    });
    const { read } = client(server.url);
    await Promise.all([read(), read()]);
    expect(await read()).toBe(xml);
    await expect.poll(() => server.connections().open).toBe(1);
    expect(connectionsOf(server)).toEqual([1, 2, expect.any(Number), 3]);
  });

  it('that replaced a dead one and dies as well is not replaced again', async () => {
    const server = await serve((socket, _, number) => (number === 1 ? socket.write(ok(xml)) : socket.destroy()));
    const { read } = client(server.url);
    await read();
    expect(await failureOf(read())).toMatchObject({ kind: 'lost', sent: true });
    expect(connectionsOf(server)).toEqual([1, 1, 2]);
  });

  it('that was kept and has sent one byte is not replaced', async () => {
    const server = await serve(
      (socket, _, number) => void (number === 1 ? socket.write(ok(xml)) : socket.end('HTTP/1.1 100 Continue\r\n\r\n')),
    );
    const { read } = client(server.url);
    await read();
    expect(await failureOf(read())).toMatchObject({ kind: 'lost', sent: true });
    expect(server.requests).toHaveLength(2);
  });

  it('that dies in the middle of an answer is not replaced', async () => {
    const server = await serve((socket, _, number) =>
      number === 1 ? socket.write(ok(xml)) : socket.end(ok(xml).slice(0, -1)),
    );
    const { read } = client(server.url);
    await read();
    expect(await failureOf(read())).toMatchObject({ kind: 'lost', sent: true });
    expect(server.requests).toHaveLength(2);
  });

  it('that dies under what is not idempotent is never replaced', async () => {
    const server = await serve((socket, _, number) => (number === 1 ? socket.write(ok(xml)) : socket.destroy()));
    const { write } = client(server.url);
    await write();
    expect(await failureOf(write())).toMatchObject({ kind: 'lost', sent: true });
    expect(server.requests).toHaveLength(2);
  });

  it('that is lost with a waiting request is replaced if the request is safe to repeat', async () => {
    const server = await serve(
      (socket, { body }) => void (body === 'first' ? socket.write(ok(xml)) : socket.destroy()),
    );
    const { read, write } = client(server.url, { maxSockets: 1 });
    const [, failure] = await Promise.all([write({ body: 'first' }), failureOf(write({ body: 'second' }))]);
    expect(failure).toMatchObject({ kind: 'lost', sent: true });
    expect(connectionsOf(server)).toEqual([1, 1]);
    const [, replaced] = await Promise.all([read({ body: 'first' }), failureOf(read({ body: 'second' }))]);
    expect(replaced).toMatchObject({ kind: 'lost', sent: true });
    expect(connectionsOf(server)).toEqual([1, 1, 2, 2, 3]);
  });

  it.runIf(hasIpv6)('goes to an IPv6 address as well', async () => {
    const server = createServer((socket) => void socket.on('data', () => socket.write(ok(xml))));
    stopLater(() => server.close());
    const { read } = client(new URL(`http://[::1]:${await listen(server, 0, '::1')}/`));
    expect(await read({ fresh: true })).toBe(xml);
  });

  it('that the server does not keep carries nothing more', async () => {
    const closing = ok(xml, 'Connection: close\r\n');
    const server = await serve((socket, _, number) => void socket.write(number === 1 ? closing : ok(xml)));
    const { read } = client(server.url);
    for (const call of [read, read, read]) await call();
    expect(connectionsOf(server)).toEqual([1, 2, 2]);
  });

  it.each(['Connection: close\r\nConnection: keep-alive\r\n', 'Connection: keep-alive, close\r\n'])(
    'of which the server says both, %j, is not kept',
    async (headers) => {
      const server = await serve((socket) => void socket.write(ok(xml, headers)));
      const { write } = client(server.url);
      await write();
      await write();
      expect(connectionsOf(server)).toEqual([1, 2]);
    },
  );

  it('is within the limit, even if kept connections are lost under load', async () => {
    let most = 0;
    const server = await serve((socket, { connection }, number) => {
      most = Math.max(most, server.connections().open);
      if (number > 3 && connection <= 3) setTimeout(() => socket.destroy(), 10);
      else setTimeout(() => socket.write(ok(xml)), 30);
    });
    const { read } = client(server.url, { maxSockets: 3 });
    await Promise.all([read(), read(), read()]);
    await Promise.all(Array.from({ length: 9 }, () => read()));
    expect(most).toBe(3);
  });

  it('is one of no more than were allowed', async () => {
    const server = await serve(answer);
    const { read } = client(server.url, { maxSockets: 3 });
    await Promise.all(Array.from({ length: 30 }, () => read()));
    expect(server.connections().all).toBe(3);
  });
});

/** Starts a proxy that sends in one piece what the server writes within 40 ms, and resolves to its port. */
async function startHolder(target: number): Promise<string> {
  const proxy = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const held: Buffer[] = [];
    far.on('data', (data) => {
      if (held.push(data) === 1) setTimeout(() => void near.write(Buffer.concat(held.splice(0))), 40);
    });
    near.on('data', (data) => far.write(data));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => undefined).on('close', () => other.destroy());
    }
  });
  stopLater(() => proxy.close());
  return String(await listen(proxy, 0, '127.0.0.1'));
}

describe('TLS', () => {
  const authority = selfSigned();
  const answer: Script = (socket) => void socket.write(ok(xml));

  it('trusts the authority that is configured', async () => {
    const { url } = await serve(answer, authority);
    expect(await client(url, { ca: authority.cert }).read()).toBe(xml);
    expect(await client(url, { ca: authority.cert }).read({ fresh: true })).toBe(xml);
    expect(await client(url, { ca: authority.cert }).write()).toBe(xml);
  });

  it('keeps a connection for the requests that follow', async () => {
    const server = await serve(answer, authority);
    const { read, write } = client(server.url, { ca: authority.cert });
    for (const call of [read, read, read, write, write]) await call();
    expect(server.connections().all).toBe(2);
  });

  it('keeps no connection whose server answers before it has read the request', async () => {
    const early = createTlsServer(authority, (socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => {
          socket.pause();
          socket.write(ok(xml));
        });
    });
    stopLater(() => early.close());
    const url = new URL(`https://127.0.0.1:${await listen(early, 0, '127.0.0.1')}/`);
    const { read } = client(url, { ca: authority.cert, maxSockets: 1 });
    const body = 'x'.repeat(30_000_000);
    expect([await read({ body }), await read({ body })]).toEqual([xml, xml]);
  });

  it('resumes the session of the last connection, which spares the next most of its handshake', async () => {
    const resumed: boolean[] = [];
    const server = await serve((socket) => {
      if (socket instanceof TLSSocket) resumed.push(socket.isSessionReused());
      socket.write(ok(xml));
    }, authority);
    const { write, read } = client(server.url, { ca: authority.cert });
    for (const call of [write, read, () => read({ fresh: true })]) await call();
    expect(resumed).toEqual([false, true, true]);
  });

  it.each([
    ['by no trusted authority', undefined],
    ['by another authority', selfSigned().cert],
  ])('sends nothing to a server whose certificate is signed %s', async (_, ca) => {
    const server = await serve(answer, authority);
    expect(await failureOf(client(server.url, { ca }).write())).toMatchObject({ kind: 'unreachable', sent: false });
    expect(server.requests).toEqual([]);
  });

  it('leaves room for the next request if its settings can’t be used', async () => {
    const { url } = await serve(answer, authority);
    const { read } = client(url, { ca: authority.cert, maxSockets: 1 });
    const ciphers = tls.DEFAULT_CIPHERS;
    // NODE_OPTIONS can set an invalid list as well, by --tls-cipher-list.
    tls.DEFAULT_CIPHERS = 'invalid';
    const failure = await failureOf(read());
    tls.DEFAULT_CIPHERS = ciphers;
    expect(failure).toMatchObject({ code: 'ERR_SSL_NO_CIPHER_MATCH' });
    expect(await read()).toBe(xml);
  });

  it('sends nothing to a server of another name', async () => {
    const server = await serve(answer, authority);
    const url = new URL(server.url);
    url.hostname = 'localhost';
    const failure = await failureOf(client(url, { ca: authority.cert }).write());
    expect(failure).toMatchObject({ kind: 'unreachable', sent: false, code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(server.requests).toEqual([]);
  });
});

const identity = selfSigned();

describe.each([
  ['plain', undefined],
  ['TLS', identity],
])('an unsolicited answer over a %s connection', (_, tls) => {
  const options = { maxSockets: 1, ca: tls?.cert };

  /** Answers the first request twice, and each of the others with its own body. */
  const twice: Script = (socket, { body }, number) => {
    socket.write(ok(body));
    if (number === 1) socket.write(ok('unasked'));
  };

  it.each(['read', 'write'] as const)(
    'in one segment with another reaches no %s, neither one that waits nor the next one',
    async (kind) => {
      const server = await serve(twice, tls);
      const url = new URL(server.url);
      url.port = await startHolder(Number(server.url.port));
      const call = client(url, options)[kind];
      expect(await Promise.all([call({ body: 'one' }), call({ body: 'two' })])).toEqual(['one', 'two']);

      const other = await serve(twice, tls);
      url.port = await startHolder(Number(other.url.port));
      const next = client(url, options)[kind];
      expect([await next({ body: 'one' }), await next({ body: 'two' })]).toEqual(['one', 'two']);
      expect(server.connections().all).toBe(2);
      expect(other.connections().all).toBe(2);
    },
  );

  it.each(['read', 'write'] as const)('closes it while it is idle, and reaches no %s', async (kind) => {
    const sockets: Socket[] = [];
    const server = await serve((socket, { body }) => {
      sockets.push(socket);
      socket.write(ok(body));
    }, tls);
    const call = client(server.url, options)[kind];
    expect(await call({ body: 'one' })).toBe('one');
    for (const socket of sockets) socket.write(ok('unasked'));
    await expect.poll(() => server.connections().open).toBe(0);
    expect(await call({ body: 'two' })).toBe('two');
  });

  it.each(['read', 'write'] as const)('that came while this process was frozen reaches no %s', async (kind) => {
    const child = await startAnswerer(tls);
    const call = client(child.url, options)[kind];
    expect(await call({ body: 'one' })).toBe('one');
    child.blurt();
    // Blocks this process, as a freeze would, until the answer has arrived.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    expect(await call({ body: 'two' })).toBe('two');
  });
});

/** Starts a process that answers each request with its body, and writes an unsolicited answer 100 ms after it is told to. */
async function startAnswerer(tls: { readonly key: string; readonly cert: string } | undefined) {
  const child = fork(join(import.meta.dirname, '../support/answerer.ts'));
  stopLater(() => child.kill());
  child.send({ tls });
  const [port] = await once(child, 'message');
  return {
    url: new URL(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/`),
    blurt: () => child.send('blurt'),
  };
}

describe('connecting', () => {
  it.each(['http', 'https'])('over %s ends after 4 seconds, and then nothing was sent', async (scheme) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    stopLater(() => vi.useRealTimers());
    const hole = scheme === 'http' ? await openBlackHole() : undefined;
    stopLater(() => hole?.close());
    const accepted = vi.fn((socket: Socket) => void socket.on('error', () => undefined));
    const silent = createServer(accepted);
    stopLater(() => silent.close());
    const port = hole?.port ?? (await listen(silent, 0, '127.0.0.1'));
    const failed = vi.fn();
    const failure = failureOf(client(new URL(`${scheme}://127.0.0.1:${port}/`)).read({ timeoutMs: 60_000 })).then(
      failed,
    );
    while (hole === undefined && accepted.mock.calls.length === 0) await nextTurn();
    await nextTurn();
    vi.advanceTimersByTime(3_999);
    await nextTurn();
    expect(failed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    await failure;
    expect(failed).toHaveBeenCalledWith(
      expect.objectContaining({ kind: 'unreachable', sent: false, code: 'ETIMEDOUT' }),
    );
    expect(accepted).toHaveBeenCalledTimes(hole === undefined ? 1 : 0);
  });

  it('to a name whose first address takes no packets goes to the next address', async () => {
    const hole = await openBlackHole();
    stopLater(() => hole.close());
    const server = createServer((socket) => void socket.on('data', () => socket.write(ok(xml))));
    stopLater(() => server.close());
    await listen(server, hole.port, '127.0.0.2');
    const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
    const answer = (_name: string, _options: object, callback: (error: null, found: typeof addresses) => void) =>
      callback(null, addresses);
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(answer as typeof dns.lookup);
    stopLater(() => lookup.mockRestore());
    const { read } = client(new URL(`http://two.test:${hole.port}/`));
    expect(await read({ fresh: true })).toBe(xml);
  });
});
