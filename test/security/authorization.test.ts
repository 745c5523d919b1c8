import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import type { MethodName } from 'rostbeef-layer';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { type Handlers, openHandlers } from '../support/in-process.ts';

const ALLOWED = ['xmpp.test', 'bücher.test'];
const FORBIDDEN = ['other.test', 'büro.test', 'xmpp.test.other.test', 'sub.xmpp.test'];

let server: EmbeddedServer;
let proxy: FaultProxy;
let handlers: Handlers;
let requests: string[] = [];

beforeAll(async () => {
  server = await startEmbeddedServer({ release: '24.12', hosts: [...ALLOWED, ...FORBIDDEN] });
  proxy = await FaultProxy.start({ target: server.url });
  await proxy.interfere({
    play: async ({ request, socket, forward }) => {
      requests.push(request.toString());
      socket.write(await forward());
    },
  });
  handlers = openHandlers({
    EJABBERD_URL: proxy.url,
    EJABBERD_SERVERS: 'XMPP.test., bücher.test',
    EJABBERD_SENDERS: 'bot@xmpp.test,bücher.test',
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await proxy.stop();
  await server.stop();
});

/** Every way that is known to write the same domain. */
function spelled(domain: string): fc.Arbitrary<string> {
  const characters = [...domain].map((character) => {
    if (character === '.') return fc.constantFrom('.', '。', '．', '｡');
    const wide = /[a-z]/.test(character) ? [String.fromCodePoint(character.charCodeAt(0) + 0xfee0)] : [];
    return fc.constantFrom(character, character, character.toUpperCase(), ...wide, character.normalize('NFD'));
  });
  const written = fc.tuple(...characters).map((parts) => parts.join(''));
  const punycode = fc.constantFrom(domainToASCII(domain), domainToASCII(domain).toUpperCase());
  return fc.tuple(fc.oneof(written, punycode), fc.constantFrom('', '.')).map((parts) => parts.join(''));
}

/** The same text as an attribute's value, some of its characters as references. */
function encoded(text: string): fc.Arbitrary<string> {
  const characters = [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    return fc.constantFrom(character, `&#${code};`, `&#x${code.toString(16)};`);
  });
  return fc.tuple(...characters).map((parts) => parts.join(''));
}

/** One of the places where a JID can stand: a call that is allowed but for this domain. */
type Place = (domain: string) => fc.Arbitrary<readonly [MethodName, object]>;

const link = { jid1: 'a@xmpp.test', nick1: '', jid2: 'b@xmpp.test', nick2: '' };
const stanza = { from: 'bot@xmpp.test', to: 'b@xmpp.test', stanza: '<message/>' };
const plain = (method: MethodName, input: (domain: string) => object): Place => {
  return (domain) => fc.constant([method, input(domain)] as const);
};
const attribute = (name: 'from' | 'to', local: string): Place => {
  return (domain) =>
    encoded(`${local}@${domain}/r`).map((value) => [
      'send_stanza',
      { ...stanza, stanza: `<message ${name}="${value}"/>` },
    ]);
};

const PLACES: Readonly<Record<string, Place>> = {
  'link_contacts jid1': plain('link_contacts', (domain) => ({ ...link, jid1: `a@${domain}` })),
  'link_contacts jid2': plain('link_contacts', (domain) => ({ ...link, jid2: `b@${domain}` })),
  'unlink_contacts jid1': plain('unlink_contacts', (domain) => ({ jid1: `a@${domain}`, jid2: link.jid2 })),
  'unlink_contacts jid2': plain('unlink_contacts', (domain) => ({ jid1: link.jid1, jid2: `b@${domain}` })),
  'get_roster server': plain('get_roster', (server) => ({ user: 'a', server })),
  'get_roster_with_presence server': plain('get_roster_with_presence', (server) => ({ user: 'a', server })),
  'get_presence server': plain('get_presence', (server) => ({ user: 'a', server })),
  'get_resources server': plain('get_resources', (server) => ({ user: 'a', server })),
  'send_stanza from': plain('send_stanza', (domain) => ({ ...stanza, from: `bot@${domain}` })),
  'send_stanza from, with another in the stanza': plain('send_stanza', (domain) => ({
    ...stanza,
    from: `x@${domain}`,
    stanza: '<message from="bot@xmpp.test"/>',
  })),
  'send_stanza to': plain('send_stanza', (domain) => ({ ...stanza, to: `b@${domain}` })),
  'the stanza’s from': attribute('from', 'bot'),
  'the stanza’s to': attribute('to', 'b'),
};

const calls = (place: Place, domains: readonly string[]) =>
  fc.constantFrom(...domains).chain((domain) => spelled(domain).chain(place));

it.each(Object.entries(PLACES))('%s is held to EJABBERD_SERVERS, however a domain is written', async (_, place) => {
  await fc.assert(
    fc.asyncProperty(calls(place, FORBIDDEN), async ([method, input]) => {
      requests = [];
      expect(await handlers.call(method, input)).toMatchObject({ name: 'ForbiddenServerError' });
      // One of the two may be on another server, so the vhosts are read, which names nobody.
      const commands = requests.map((request) => /<methodName>(\w+)/.exec(request)?.[1]);
      expect(commands).toEqual(method === 'unlink_contacts' ? ['registered_vhosts'] : []);
    }),
    { numRuns: 60 },
  );
});

it.each(Object.entries(PLACES))(
  '%s may be on a server of EJABBERD_SERVERS, however it is written',
  async (_, place) => {
    await fc.assert(
      fc.asyncProperty(calls(place, ALLOWED), async ([method, input]) => {
        requests = [];
        expect(await handlers.call(method, input)).not.toMatchObject({ name: 'ForbiddenServerError' });
        expect(requests.length).toBeGreaterThan(0);
        const named = requests.flatMap((request) => [
          ...request.matchAll(/<name>(?:from|to|host|localhost)<\/name><value><string>(?:[^<@]*@)?([^<@/]*)/g),
        ]);
        expect(named.map(([, domain]) => domain).filter((domain) => !ALLOWED.includes(domain ?? ''))).toEqual([]);
        expect(named.length).toBeGreaterThan(0);
      }),
      { numRuns: 20 },
    );
  },
);

it('a contact on another server is unlinked from a user on a server of EJABBERD_SERVERS, and only from such', async () => {
  const contact = 'x@gateway.example';
  server.state.passwords.set('a@xmpp.test', 'password');
  server.state.addItem({ local: 'a', host: 'xmpp.test' }, contact, { nick: '', groups: [], subscription: 'none' });
  expect(await handlers.call('unlink_contacts', { jid1: 'a@xmpp.test', jid2: contact })).toEqual({ code: 0 });
  requests = [];
  for (const domain of [...FORBIDDEN, 'elsewhere.example']) {
    const error = await handlers.call('unlink_contacts', { jid1: `a@${domain}`, jid2: contact });
    expect(error).toMatchObject({ name: 'ForbiddenServerError', issues: [{ path: 'jid1' }, { path: 'jid2' }] });
  }
  expect(requests).toEqual([]);
});

it('the effective sender is held to EJABBERD_SENDERS, however it is written', async () => {
  const others = fc.constantFrom('alice', 'Bot2', 'bo', 'bot.', 'ｂｏｔ２', 'böt');
  const forbidden = fc.tuple(others, spelled('xmpp.test')).map((parts) => parts.join('@'));
  const inArgument = forbidden.map((from) => ({ ...stanza, from }));
  const inStanza = forbidden.chain(encoded).map((from) => ({ ...stanza, stanza: `<message from='${from}'/>` }));
  const noLocal = spelled('xmpp.test').map((from) => ({ ...stanza, from }));
  await fc.assert(
    fc.asyncProperty(fc.oneof(inArgument, inStanza, noLocal), async (input) => {
      requests = [];
      expect(await handlers.call('send_stanza', input)).toMatchObject({ name: 'ForbiddenServerError' });
      expect(requests).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

it('a sender of EJABBERD_SENDERS may send, however it is written', async () => {
  const bots = fc.tuple(fc.constantFrom('bot', 'Bot', 'ｂＯt'), spelled('xmpp.test'), fc.constantFrom('', '/r'));
  const allowed = fc.oneof(bots, fc.tuple(fc.constant('anybody'), spelled('bücher.test'), fc.constant('')));
  await fc.assert(
    fc.asyncProperty(allowed, async ([local, domain, resource]) => {
      requests = [];
      expect(await handlers.call('send_stanza', { ...stanza, from: `${local}@${domain}${resource}` })).toEqual({
        code: 0,
      });
      expect(requests.at(-1)).toMatch(/<string>(?:bot@xmpp|anybody@bücher)\.test/);
    }),
    { numRuns: 60 },
  );
});
