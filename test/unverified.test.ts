import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from '../infra/local/embedded/server.ts';
import { batchOf } from './support/event-sources.ts';
import { type Handlers, openHandlers } from './support/in-process.ts';

const HOST = 'xmpp.test';
const input = { jid1: `a@${HOST}`, jid2: `b@${HOST}` };

let server: EmbeddedServer;
let handlers: Handlers;
beforeAll(async () => {
  server = await startEmbeddedServer({ release: '24.12', hosts: [HOST] });
  for (const name of ['a', 'b']) server.state.passwords.set(`${name}@${HOST}`, '');
  handlers = openHandlers({ EJABBERD_URL: server.url, EJABBERD_MAX_RESPONSE_BYTES: '4096' });
});
beforeEach(() => {
  handlers.log.splice(0);
  const change = { nick: 'x', groups: [], subscription: 'both' };
  server.state.addItem({ local: 'a', host: HOST }, `b@${HOST}`, change);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await server.stop();
});

const fill = () => {
  const change = { nick: 'x'.repeat(100), groups: [], subscription: 'both' };
  for (let index = 0; index < 20; index += 1) {
    server.state.addItem({ local: 'a', host: HOST }, `c${index}@${HOST}`, change);
  }
};
const lines = () => handlers.log.map((line) => JSON.parse(line));

it('the log says nothing of an unlink that was read back', async () => {
  expect(await handlers.call('unlink_contacts', input)).toEqual({ code: 0 });
  expect(lines()).toMatchObject([{ method: 'unlink_contacts', outcome: 'ok' }]);
  expect(lines()[0]).not.toHaveProperty('verified');
});

it('the log says of an unlink if a roster was too large to be read back, by every kind of door', async () => {
  fill();
  expect(await handlers.call('unlink_contacts', input)).toEqual({ code: 0 });
  expect(await handlers.call('unlink_contacts', batchOf([JSON.stringify(input)]))).toEqual({ batchItemFailures: [] });
  expect(lines()).toMatchObject([
    { door: 'direct', outcome: 'ok', verified: false },
    { door: 'sqs', outcome: 'ok', verified: false },
  ]);
  expect(server.state.rosters.find(`a@${HOST}`, `b@${HOST}`)).toBeUndefined();
});
