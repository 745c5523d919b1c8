import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bridge, startBridge } from '../../client/src/bridge/server.ts';
import { createClient } from '../../client/src/index.ts';
import { json, lose, problem, type StandIn, startStandIn } from './stand-in.ts';

let api: StandIn;
let bridge: Bridge;
let guarded: Bridge;
const log: string[] = [];
const secret = 'a secret of the bridge';

beforeAll(async () => {
  api = await startStandIn();
  const client = createClient(api.url, { retry: { baseMs: 1, capMs: 2 } });
  bridge = await startBridge({ client, port: 0, log: (line) => log.push(line) });
  guarded = await startBridge({ client, port: 0, secret });
});
afterAll(async () => {
  await Promise.all([bridge.stop(), guarded.stop()]);
  await api.stop();
});

interface Answered {
  readonly status: number | undefined;
  readonly body: string;
}

/** Sends bytes with the headers given, and Node.js's own `Host` unless another is given. */
function post(
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = { 'content-type': 'text/xml' },
  { url = bridge.url, method = 'POST' } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } });
    sent.on('error', reject);
    sent.on('response', async (response) => resolve({ status: response.statusCode, body: await text(response) }));
    sent.end(body);
  });
}

const member = (name: string, value: string) => `<member><name>${name}</name><value>${value}</value></member>`;
const callOf = (method: string, members: Readonly<Record<string, string>>, declaration = '<?xml version="1.0"?>') =>
  `${declaration}<methodCall><methodName>${method}</methodName><params><param><value><struct>${Object.entries(members)
    .map(([name, value]) => member(name, value))
    .join('')}</struct></value></param></params></methodCall>`;

const link = { jid1: 'alice@x', nick1: 'Alice', jid2: 'dave@x', nick2: 'Dave' };
const bob = { user: 'bob', server: 'x' };
const stanza = { from: 'a@x', to: 'b@x', stanza: '&lt;message/&gt;' };
const integer = (code: number) => expect.stringContaining(`<param><value><int>${code}</int></value></param>`);
const asked = () => api.asked.map(({ body }) => JSON.parse(body));

describe('a web page can not reach the bridge:', () => {
  const body = callOf('get_presence', bob);

  it.each([
    ['an Origin, even its own', { 'content-type': 'text/xml', origin: 'http://127.0.0.1:4560' }, 403],
    ['an opaque Origin', { 'content-type': 'text/xml', origin: 'null' }, 403],
    ['a Host that is not loopback', { 'content-type': 'text/xml', host: 'evil.example:4560' }, 403],
    ['a Host that begins like loopback', { 'content-type': 'text/xml', host: '127.0.0.1.evil.example' }, 403],
    ['the content type of a form', { 'content-type': 'text/plain' }, 415],
    ['another XML content type', { 'content-type': 'application/xml' }, 415],
    ['no content type', {}, 415],
  ])('%s is refused', async (_, headers, status) => {
    api.answer(json(200, { jid: 'bob@x', show: 'chat', status: '' }));
    expect((await post(body, headers)).status).toBe(status);
    expect(api.asked).toHaveLength(0);
  });

  it.each(['GET', 'PUT', 'OPTIONS'])('%s is refused', async (method) => {
    expect((await post('', { 'content-type': 'text/xml' }, { method })).status).toBe(405);
  });

  it('a body of more than 1 MiB is refused, with its length told or not', async () => {
    api.answer(json(200, { code: 0 }));
    const large = callOf('link_contacts', { ...link, nick1: 'x'.repeat(1_048_576) });
    expect((await post(large)).status).toBe(413);
    const chunked = { 'content-type': 'text/xml', 'transfer-encoding': 'chunked' };
    const response = await fetch(bridge.url, {
      method: 'POST',
      headers: { 'content-type': chunked['content-type'] },
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(api.asked).toHaveLength(0);
  });
});

describe('a bridge with a secret', () => {
  const basic = (password: string) => `Basic ${Buffer.from(`anyone:${password}`).toString('base64')}`;
  const body = callOf('get_presence', bob);

  it.each([
    ['nothing', undefined, 401],
    ['another password', basic('another secret here'), 401],
    ['the beginning of it', basic(secret.slice(0, -1)), 401],
    ['it as a token', `Bearer ${secret}`, 401],
    ['it', basic(secret), 200],
  ])('answers who sends %s as it should', async (_, authorization, status) => {
    api.answer(json(200, { jid: 'bob@x', show: 'chat', status: '' }));
    const headers = { 'content-type': 'text/xml', ...(authorization !== undefined && { authorization }) };
    expect((await post(body, headers, { url: guarded.url })).status).toBe(status);
  });

  it('answers a name that is not loopback', async () => {
    api.answer(json(200, { jid: 'bob@x', show: 'chat', status: '' }));
    const headers = { 'content-type': 'text/xml', host: 'bridge.internal:4560', authorization: basic(secret) };
    expect((await post(body, headers, { url: guarded.url })).status).toBe(200);
  });
});

describe('a call', () => {
  it.each([
    [0, 'a success', json(200, { code: 0 })],
    [404, 'an error with a code', json(404, problem('ItemNotFoundError', { code: 404 }))],
    [400, 'a malformed JID', json(400, problem('JidMalformedError', { code: 400 }))],
    [-1, 'an error without a code', json(403, problem('ForbiddenServerError'))],
    [-100, 'the code of a classic server', json(502, problem('UndefinedConditionError', { code: -100 }))],
  ])('returns %i for %s', async (code, _, answer) => {
    api.answer(answer);
    expect((await post(callOf('link_contacts', link))).body).toEqual(integer(code));
  });

  it('that reads returns the code instead of the list', async () => {
    api.answer(json(404, problem('ItemNotFoundError', { code: 404 })));
    expect((await post(callOf('get_roster', bob))).body).toEqual(integer(404));
  });

  it('that reads a roster returns all of its pages', async () => {
    const contact = { jid: 'c@x', nick: '', group: '', groups: [], subscription: 'both', pending: 'none' };
    api.answer((response, count, one) =>
      json(200, { contacts: [contact], ...(count < 2 && { nextToken: 'next' }) })(response, count, one),
    );
    expect((await post(callOf('get_roster', bob))).body.match(/c@x/g)).toHaveLength(3);
  });

  it('that is repeated by the client is repeated, but for a stanza', async () => {
    api.answer(json(503, problem('EjabberdUnreachableError')));
    expect((await post(callOf('link_contacts', link))).body).toEqual(integer(-1));
    expect(api.asked).toHaveLength(4);
    for (const answer of [json(503, problem('EjabberdUnreachableError')), lose]) {
      api.answer(answer);
      expect((await post(callOf('send_stanza', stanza))).body).toEqual(integer(-1));
      expect(api.asked).toHaveLength(1);
    }
  });

  it('without a member that it needs, or with one that it does not know, returns -1', async () => {
    api.answer(json(400, problem('InvalidInputError')));
    expect((await post(callOf('link_contacts', { jid1: 'a@x', jid2: 'b@x' }))).body).toEqual(integer(-1));
    expect(api.asked).toHaveLength(0);
    expect((await post(callOf('get_presence', { ...bob, color: 'red' }))).body).toEqual(integer(-1));
    expect(asked()).toEqual([{ ...bob, color: 'red' }]);
  });

  it('hands on what it was given, markup and spaces too, from any type of a scalar', async () => {
    api.answer(json(200, { code: 0 }));
    await post(
      callOf('link_contacts', { ...link, nick1: '<string> a &amp; &#60;b&#62; </string>', nick2: '<![CDATA[<c>]]>' }),
    );
    await post(callOf('link_contacts', { ...link, nick1: '<int>5</int>', nick2: '' }));
    expect(asked()).toMatchObject([
      { nick1: ' a & <b> ', nick2: '<c>' },
      { nick1: '5', nick2: '' },
    ]);
  });

  it.each([
    ['UTF-8 without a declaration', Buffer.from(callOf('link_contacts', { ...link, nick1: 'é€😀' }))],
    [
      'UTF-8',
      Buffer.from(callOf('link_contacts', { ...link, nick1: 'é€😀' }, '<?xml version="1.0" encoding="UTF-8"?>')),
    ],
    [
      'UTF-8 that is declared as ISO-8859-1',
      Buffer.from(callOf('link_contacts', { ...link, nick1: 'é€😀' }, '<?xml version="1.0" encoding="ISO-8859-1"?>')),
    ],
    [
      'references to the bytes of UTF-8, as PHP writes them',
      Buffer.from(
        callOf(
          'link_contacts',
          { ...link, nick1: [...Buffer.from('é€😀')].map((byte) => `&#${byte};`).join('') },
          '<?xml version="1.0" encoding="iso-8859-1"?>',
        ),
      ),
    ],
    ['references to characters', Buffer.from(callOf('link_contacts', { ...link, nick1: '&#233;&#8364;&#128512;' }))],
  ])('reads %s', async (_, body) => {
    api.answer(json(200, { code: 0 }));
    expect((await post(body)).body).toEqual(integer(0));
    expect(asked()).toMatchObject([{ nick1: 'é€😀' }]);
  });

  it.each(['<?xml version="1.0" encoding="ISO-8859-1"?>', '<?xml version="1.0"?>'])(
    'reads ISO-8859-1 that is not UTF-8, declared by %s',
    async (declaration) => {
      api.answer(json(200, { code: 0 }));
      await post(Buffer.from(callOf('link_contacts', { ...link, nick1: 'Zoë é' }, declaration), 'latin1'));
      expect(asked()).toMatchObject([{ nick1: 'Zoë é' }]);
    },
  );

  it('leaves a line in the log that holds no nick, no stanza and no JID', async () => {
    log.length = 0;
    api.answer(json(404, problem('ItemNotFoundError', { code: 404 })));
    await post(callOf('link_contacts', link));
    expect(log).toEqual(['link_contacts: ItemNotFoundError, answered as 404']);
  });
});

describe('what is no call of the documentation', () => {
  const fault = (reason: string) => expect.stringMatching(new RegExp(`<fault>.*<int>-1</int>.*${reason}`));

  it.each([
    ['another method', callOf('create_account', bob), 'Unknown call'],
    ['a method of JavaScript', callOf('constructor', bob), 'Unknown call'],
    [
      'arguments by position',
      callOf('get_presence', bob).replace(/<struct>.*<\/struct>/, 'bob'),
      'expected one struct',
    ],
    ['no argument', '<methodCall><methodName>get_presence</methodName></methodCall>', 'expected one struct'],
    ['a struct in a struct', callOf('get_presence', { user: '<struct/>', server: 'x' }), 'expected one struct'],
  ])('as %s is a fault -1', async (_, body, reason) => {
    api.answer(json(200, { code: 0 }));
    expect(await post(body)).toEqual({ status: 200, body: fault(reason) });
    expect(api.asked).toHaveLength(0);
  });

  it.each([
    ['nothing', ''],
    ['JSON', '{}'],
    ['XML that is cut off', callOf('get_presence', bob).slice(0, -5)],
    ['a response', '<methodResponse/>'],
    ['entities of its own', `<!DOCTYPE x [<!ENTITY a "b">]>${callOf('get_presence', { ...bob, user: '&a;' }, '')}`],
    [
      'a file of the machine',
      `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${callOf('get_presence', bob, '')}`,
    ],
    ['great depth', `<methodCall>${'<value>'.repeat(5_000)}`],
    ['an unknown type', callOf('get_presence', { ...bob, user: '<color>red</color>' })],
    [
      'a member that changes objects',
      callOf('get_presence', { ...bob, __proto_: 'x' }).replace('__proto_', '__proto__'),
    ],
  ])('as %s is refused', async (_, body) => {
    api.answer(json(200, { code: 0 }));
    expect((await post(body)).status).toBe(400);
    expect(api.asked).toHaveLength(0);
  });
});
