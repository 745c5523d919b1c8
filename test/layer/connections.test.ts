import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { listen } from '../../infra/local/listen.ts';
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

  it('that a request waited for and that then dies has sent it, or is replaced where that does no harm', async () => {
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

  it('is one of no more than were allowed also where those that were kept die under load', async () => {
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

  it('brings an answer that nobody asked for, in one segment with another, to no request that waits', async () => {
    const server = await serve((socket, { body }, number) => {
      if (number > 1) return void setTimeout(() => socket.write(ok(body)), 150);
      socket.write(ok('first'));
      socket.write(ok('unasked'));
    }, authority);
    const url = new URL(server.url);
    url.port = await startHolder(Number(server.url.port));
    const { read } = client(url, { ca: authority.cert, maxSockets: 1 });
    expect(await Promise.all([read({ body: 'one' }), read({ body: 'two' })])).toEqual(['first', 'two']);
  });

  it.each([
    ['by nobody', undefined],
    ['by another authority', selfSigned().cert],
  ])('sends nothing to a server whose certificate is signed %s', async (_, ca) => {
    const server = await serve(answer, authority);
    expect(await failureOf(client(server.url, { ca }).write())).toMatchObject({ kind: 'unreachable', sent: false });
    expect(server.requests).toEqual([]);
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
