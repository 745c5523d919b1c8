import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { type Handlers, openHandlers } from '../support/in-process.ts';

let server: EmbeddedServer;
let proxy: FaultProxy;
let handlers: Handlers;
beforeAll(async () => {
  server = await startEmbeddedServer({ release: '24.12', hosts: ['xmpp.test'] });
  for (const user of ['a', 'b']) server.state.passwords.set(`${user}@xmpp.test`, '');
  proxy = await FaultProxy.start({ target: server.url });
  handlers = openHandlers({ EJABBERD_URL: proxy.url, EJABBERD_MAX_STANZA_BYTES: '300000' });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await proxy.stop();
  await server.stop();
});

const link = { jid1: 'a@xmpp.test', nick1: 'One', jid2: 'b@xmpp.test', nick2: 'Two' };
const stanzaOf = (bytes: number) => `<message>${'é'.repeat((bytes - 19) / 2)}</message>`;
const send = (stanza: string) => ({ from: 'a@xmpp.test', to: 'b@xmpp.test', stanza });
const posted = (body: string) => ({ httpMethod: 'POST', requestContext: {}, headers: {}, body });
/** The outcome of a call, and the number of requests that reached the server. */
const outcomeOf = async (...call: Parameters<Handlers['call']>) => {
  const before = proxy.forwarded.length;
  const result = await handlers.call(...call);
  return { result, requests: proxy.forwarded.length - before };
};

describe.each(['nick1', 'nick2', 'group1', 'group2'])('%s', (member) => {
  it.each([
    ['1,023 letters', 'a'.repeat(1_023)],
    ['1,022 bytes in half as many letters', 'é'.repeat(511)],
  ])('may have %s', async (_, value) => {
    expect(await outcomeOf('link_contacts', { ...link, [member]: value })).toMatchObject({ result: { code: 0 } });
  });

  it.each([
    ['1,024 letters', 'a'.repeat(1_024)],
    ['1,024 bytes in half as many letters', 'é'.repeat(512)],
    ['1,024 bytes of emoji', '🎭'.repeat(256)],
  ])('of %s is refused before anything is sent', async (_, value) => {
    const issues = [{ path: member, message: 'must have at most 1,023 bytes of UTF-8' }];
    expect(await outcomeOf('link_contacts', { ...link, [member]: value })).toMatchObject({
      result: { name: 'InvalidInputError', issues },
      requests: 0,
    });
  });
});

describe('a stanza', () => {
  it('may have as many bytes as the setting says', async () => {
    expect(await outcomeOf('send_stanza', send(`${stanzaOf(299_999)} `))).toEqual({ result: { code: 0 }, requests: 1 });
  });

  it('of one byte more is refused with 413 before it is parsed', async () => {
    const { result, requests } = await outcomeOf('send_stanza', send(`<not XML${' '.repeat(299_993)}`));
    expect(requests).toBe(0);
    expect(result).toMatchObject({
      name: 'InvalidInputError',
      status: 413,
      issues: [{ path: 'stanza', message: expect.stringContaining('at most 300000 bytes') }],
    });
  });
});

describe('a JSON body', () => {
  const pad = (bytes: number) => {
    const body = JSON.stringify(send('<message/>'));
    return `${body}${' '.repeat(bytes - body.length)}`;
  };

  it('may have four times the bytes of a stanza', async () => {
    const { result } = await outcomeOf('send_stanza', posted(pad(1_200_000)));
    expect(result).toMatchObject({ statusCode: 200 });
  });

  it('of one byte more is refused with 413', async () => {
    const { result, requests } = await outcomeOf('send_stanza', posted(pad(1_200_001)));
    expect(result).toMatchObject({ statusCode: 413 });
    expect(requests).toBe(0);
  });

  it('of one byte more in a queue is a failure of its record only', async () => {
    const record = (messageId: string, body: string) => ({ messageId, eventSource: 'aws:sqs', body });
    const Records = [record('large', pad(1_200_001)), record('small', pad(1_000))];
    const { result } = await outcomeOf('send_stanza', { Records });
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'large' }] });
  });
});

it('hostile records of a batch do not make the good ones fail', async () => {
  const record = (messageId: string, stanza: string) => ({
    messageId,
    eventSource: 'aws:sqs',
    body: JSON.stringify(send(stanza)),
  });
  const deep = `<message>${'<a>'.repeat(30)}${'<b/>'.repeat(60_000)}${'</a>'.repeat(30)}</message>`;
  const many = `<message><a ${Array.from({ length: 20_000 }, (_, index) => `a${index}=""`).join(' ')}/></message>`;
  const Records = [deep, many, deep, many, deep].flatMap((stanza, index) => [
    record(`hostile-${index}`, stanza),
    record(`good-${index}`, '<message/>'),
  ]);
  const { result } = await outcomeOf('send_stanza', { Records });
  const failures = JSON.parse(JSON.stringify(result)).batchItemFailures;
  expect(failures.map(({ itemIdentifier }: { itemIdentifier: string }) => itemIdentifier)).toEqual(
    [1, 3].map((index) => `hostile-${index}`),
  );
});
