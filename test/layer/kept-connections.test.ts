import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEndpoint, type Endpoint, openSockets, post } from '../../functions/layer/http/index.ts';
import { Deadline } from '../../functions/layer/shared/deadline.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { ok } from '../support/scripted-server.ts';
import { failureOf, serve, stopLater } from '../support/transport-client.ts';

let server: EmbeddedServer;
let proxy: FaultProxy;
let endpoint: Endpoint;

beforeAll(async () => {
  server = await startEmbeddedServer({ release: '24.12', hosts: ['xmpp.test'] });
  proxy = await FaultProxy.start({ target: server.url });
  endpoint = createEndpoint({ url: new URL(proxy.url), ca: undefined, maxResponseBytes: 10_000, maxSockets: 10 });
});
afterAll(async () => {
  endpoint.kept.destroy();
  await proxy.stop();
  await server.stop();
});

const body = '<methodCall><methodName>registered_vhosts</methodName><params/></methodCall>';

const read = async (timeoutMs = 2_000): Promise<string> => {
  const sockets = openSockets(endpoint);
  const deadline = new Deadline(timeoutMs);
  const answer = post(endpoint, body, { deadline, idempotent: true, sockets });
  return answer
    .then(
      () => 'answered',
      (error) => error.message,
    )
    .finally(() => deadline.end());
};

it('of many kept connections that were lost without a word, one costs a call its time, and the others none', async () => {
  await Promise.all([read(), read(), read()]);
  proxy.mute();
  expect(await read(200)).toBe('the deadline passed');
  expect([await read(), await read()]).toEqual(['answered', 'answered']);
});

it('a request whose kept connection was lost counts as sent, even if no other connection can be opened', async () => {
  await proxy.heal();
  await read();
  await proxy.interfere(
    {
      play: ({ refuse, reset }) => {
        refuse();
        reset();
      },
    },
    () => true,
  );
  const deadline = new Deadline(1_000);
  stopLater(() => deadline.end());
  const failure = post(endpoint, body, { deadline, idempotent: true, sockets: openSockets(endpoint) });
  await expect(failure).rejects.toMatchObject({ kind: 'lost', sent: true, code: 'ECONNREFUSED' });
});

it('an answer without a request is not taken for the answer to the next request', async () => {
  await proxy.heal();
  await read();
  proxy.blurt(Buffer.from('HTTP/1.1 500 Unasked\r\nContent-Length: 0\r\n\r\n'));
  await sleep(20);
  expect(await read()).toBe('answered');
});

it('a call that is given up says nothing of the other connections', async () => {
  const own = await serve((socket, { body: text }) => void (text === 'slow' || socket.write(ok('answer'))));
  const to = createEndpoint({ url: own.url, ca: undefined, maxResponseBytes: 1_000, maxSockets: 10 });
  stopLater(() => to.kept.destroy());
  const send = (text: string, deadline: Deadline) =>
    post(to, text, { deadline, idempotent: true, sockets: openSockets(to) });
  const deadline = new Deadline(2_000);
  await Promise.all(['a', 'b', 'c'].map((text) => send(text, deadline)));
  const slow = failureOf(send('slow', deadline));
  await sleep(10);
  deadline.end();
  expect(await slow).toMatchObject({ kind: 'timeout', sent: true });
  await sleep(20);
  expect(own.connections().open).toBe(2);
});

it('an invocation that is over opens no more connections', async () => {
  const own = await serve((socket) => void socket.write(ok('answer')));
  const to = createEndpoint({ url: own.url, ca: undefined, maxResponseBytes: 1_000, maxSockets: 1 });
  const sockets = openSockets(to);
  const deadline = new Deadline(1_000);
  stopLater(() => deadline.end());
  const answer = failureOf(post(to, 'x', { deadline, idempotent: false, sockets }));
  sockets.close();
  expect(await answer).toMatchObject({ sent: false });
  expect(own.connections().all).toBe(0);
});
