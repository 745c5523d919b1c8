import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import { type Handlers, openHandlers } from '../support/in-process.ts';

let server: EmbeddedServer;
let handlers: Handlers;
beforeAll(async () => {
  server = await startEmbeddedServer({ release: '24.12', hosts: ['xmpp.test'] });
  for (const name of ['a', 'b']) server.state.passwords.set(`${name}@xmpp.test`, '');
  handlers = openHandlers({ EJABBERD_URL: server.url, EJABBERD_SERVERS: 'xmpp.test' });
});
beforeEach(() => void handlers.log.splice(0));
afterAll(async () => {
  vi.restoreAllMocks();
  await server.stop();
});

const ARN = 'arn:aws:sts::123456789012:assumed-role/caller/session';
const lines = () => handlers.log.map((line) => JSON.parse(line));
const link = { jid1: 'A@XMPP.test', nick1: 'canary', jid2: 'b@xmpp.test.', nick2: 'canary', group1: 'canary' };
const stanza = {
  from: 'a@xmpp.test',
  to: 'a@xmpp.test',
  stanza: '<message to="B@xmpp.test/r"><body>canary</body></message>',
};

const WRITES = [
  ['link_contacts', link, { jid1: 'a@xmpp.test', jid2: 'b@xmpp.test' }],
  ['unlink_contacts', { jid1: 'a@xmpp.test', jid2: 'b@xmpp.test' }, { jid1: 'a@xmpp.test', jid2: 'b@xmpp.test' }],
  ['send_stanza', stanza, { from: 'a@xmpp.test', to: 'b@xmpp.test/r' }],
] as const;

const restEvent = (input: unknown, userArn: unknown) => ({
  httpMethod: 'POST',
  requestContext: { identity: { userArn } },
  body: JSON.stringify(input),
});
const httpEvent = (input: unknown, userArn: unknown) => ({
  version: '2.0',
  requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn } } },
  body: JSON.stringify(input),
});

describe.each(WRITES)('a write: %s', (method, input, jids) => {
  it.each([
    ['a REST API', restEvent(input, ARN), { caller: ARN, door: 'http' }],
    ['an HTTP API', httpEvent(input, ARN), { caller: ARN, door: 'http' }],
    ['no known caller', input, { door: 'direct' }],
    ['an event', { 'detail-type': 'x', source: 'y', detail: input }, { door: 'eventbridge' }],
  ])('leaves one line, by %s, of who wrote for whom and what came of it', async (_, event, known) => {
    await handlers.call(method, event);
    expect(lines()).toMatchObject([{ method, requestId: expect.any(String), jids, outcome: 'ok', ...known }]);
    expect('caller' in lines()[0]).toBe('caller' in known);
    expect(handlers.log.join()).not.toContain('canary');
  });

  it('leaves one line a record of a queue', async () => {
    const record = (messageId: string, body: unknown) => ({
      messageId,
      eventSource: 'aws:sqs',
      body: JSON.stringify(body),
    });
    const elsewhere = JSON.parse(JSON.stringify(input).replace(/xmpp\.test/gi, 'other.test'));
    await handlers.call(method, { Records: [record('m1', input), record('m2', elsewhere), record('m3', {})] });
    const byId = lines().sort((one, other) => (one.messageId < other.messageId ? -1 : 1));
    expect(byId).toMatchObject([
      { messageId: 'm1', jids, outcome: 'ok' },
      { messageId: 'm2', jids: expect.any(Object), outcome: 'ForbiddenServerError' },
      { messageId: 'm3', outcome: 'InvalidInputError' },
    ]);
    expect(byId[2]).not.toHaveProperty('jids');
  });
});

it('a log line names its caller by an ARN only', async () => {
  for (const odd of ['canary', 7, { arn: ARN }, `${ARN} canary`])
    await handlers.call('unlink_contacts', restEvent(link, odd));
  expect(lines().filter((line) => 'caller' in line)).toEqual([]);
});

it('a call that only reads leaves no JIDs and no caller', async () => {
  await handlers.call('get_roster', restEvent({ user: 'a', server: 'xmpp.test' }, ARN));
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).not.toHaveProperty('jids');
  expect(lines()[0]).not.toHaveProperty('caller');
});
