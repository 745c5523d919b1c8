import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import xml from '@xmpp/xml';
import pLimit from 'p-limit';
import { afterEach, describe, expect, it } from 'vitest';
import type { Dialect } from '../../functions/layer/dialects/dialect.ts';
import { rostbeefDialect } from '../../functions/layer/dialects/rostbeef/dialect.ts';
import { createEndpoint, openSockets } from '../../functions/layer/http/index.ts';
import { Deadline } from '../../functions/layer/shared/deadline.ts';
import type { Jid } from '../../functions/layer/xmpp/jid.ts';
import { startClassicServer } from '../../infra/local/embedded/classic/server.ts';
import { resultBody } from '../../infra/local/embedded/classic/text.ts';
import { type Outcome, startWire } from '../../infra/local/embedded/classic/wire.ts';
import type { Value } from '../../infra/local/embedded/reply.ts';
import type { ServerState } from '../../infra/local/embedded/state.ts';
import { listen } from '../../infra/local/listen.ts';
import { type Generation, PROFILES } from '../support/classic/generations.ts';

const stops: (() => unknown)[] = [];
afterEach(() => Promise.all(stops.splice(0).map((stop) => stop())));

const jid = (local: string): Jid => ({ local, domain: 'xmpp.test', resource: '' });
const [alice, bob] = [jid('alice'), jid('bob')];
const sides = (nick1 = 'One', nick2 = 'Two', group1 = '', group2 = '') =>
  [
    { owner: alice, contact: bob, nick: nick2, group: group2 },
    { owner: bob, contact: alice, nick: nick1, group: group1 },
  ] as const;

/** Makes the dialect for an invocation, on one container. */
function containerOn(url: string, timeoutMs = 10_000): () => Dialect {
  const endpoint = createEndpoint({
    url: new URL(url),
    ca: undefined,
    maxResponseBytes: 1_000_000,
    maxSockets: 10,
    isClassic: true,
  });
  const sockets = openSockets(endpoint);
  stops.push(() => sockets.close());
  const make = rostbeefDialect({ endpoint, credentials: undefined, limitLarge: pLimit(4) });
  return () => {
    const deadline = new Deadline(timeoutMs);
    stops.push(() => deadline.end());
    return make({ deadline, sockets });
  };
}

/** The dialect on a server with alice and bob. */
async function on(generation: Generation, options = {}): Promise<{ dialect: Dialect; state: ServerState }> {
  const server = await startClassicServer({
    patienceMs: 5_000,
    ...options,
    profile: PROFILES[generation],
    hosts: ['xmpp.test'],
  });
  stops.push(() => server.stop());
  for (const user of ['alice', 'bob']) server.state.passwords.set(`${user}@xmpp.test`, '');
  return { dialect: containerOn(server.url)(), state: server.state };
}

/** The dialect on a server that answers by the request's text, and the requests that it got. */
async function answering(
  answer: (request: string) => Outcome | Promise<Outcome>,
): Promise<{ dialect: Dialect; requests: string[] }> {
  const requests: string[] = [];
  const { port, stop } = await startWire({
    patienceMs: 5_000,
    contentTypes: ['text/xml'],
    answer: (body) => {
      requests.push(body.toString());
      return answer(body.toString());
    },
  });
  stops.push(stop);
  return { dialect: containerOn(`http://127.0.0.1:${port}/`)(), requests };
}

const valued = (value: Value): Outcome => ({ body: resultBody(value) });
const methodIn = (request: string) => /<methodName>(\w+)/.exec(request)?.[1] ?? '';

const everybody = () => true;

/** Every call of the dialect, as a method makes it. */
const calls: readonly (readonly [string, (dialect: Dialect) => Promise<unknown>])[] = [
  ['link_contacts', (dialect) => dialect.linkContacts(...sides())],
  ['unlink_contacts', (dialect) => dialect.unlinkContacts(alice, bob)],
  ['get_roster', (dialect) => dialect.getRoster(alice)],
  ['get_roster_with_presence', (dialect) => dialect.getRosterWithPresence(alice, (items) => ({ items }), everybody)],
  ['get_presence', (dialect) => dialect.getPresence(alice)],
  ['get_resources', (dialect) => dialect.getResources(alice)],
  ['send_stanza', (dialect) => dialect.sendStanza(alice, bob, '<message/>')],
];

describe('a request to a classic server', () => {
  it('declares ISO-8859-1 over the bytes of UTF-8', async () => {
    const { dialect, requests } = await answering(() => valued([]));
    await dialect.getResources(jid('zoë'));
    expect(requests[0]).toMatch(/^<\?xml version="1\.0" encoding="ISO-8859-1"\?><methodCall>.*zoë/);
  });

  it('has its head and body in one piece', async () => {
    const pieces: string[] = [];
    const server = createServer((socket) => {
      socket.on('data', (piece) => {
        pieces.push(piece.toString());
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      });
    });
    const port = await listen(server, 0, '127.0.0.1');
    stops.push(() => new Promise((resolve) => server.close(resolve)));
    await expect(containerOn(`http://127.0.0.1:${port}/any/path`)().getRoster(alice)).rejects.toMatchObject({
      name: 'MalformedResponseError',
    });
    expect(pieces).toHaveLength(1);
    const [head = '', body = ''] = (pieces[0] ?? '').split('\r\n\r\n');
    expect(head.split('\r\n')).toEqual([
      'POST /any/path HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'User-Agent: rostbeef-functions',
      'Content-Type: text/xml',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ]);
  });

  it('never meets a server that has ten already', async () => {
    let open = 0;
    let most = 0;
    const { dialect } = await answering(async (request) => {
      open += 1;
      most = Math.max(most, open);
      await sleep(20);
      open -= 1;
      return valued(methodIn(request) === 'send_stanza' ? 0 : []);
    });
    const started = performance.now();
    await Promise.all(Array.from({ length: 60 }, (_, index) => (index % 2 ? calls[5] : calls[6])?.[1](dialect)));
    expect(most).toBe(10);
    // One more, and it would have accepted nobody for five seconds.
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});

describe('an integer in place of an answer', () => {
  it.each([
    [404, 'ItemNotFoundError'],
    [409, 'ConflictError'],
    [-100, 'UndefinedConditionError'],
    [1, 'UndefinedConditionError'],
    [-1, 'UndefinedConditionError'],
  ])('%i is an error of its own if another status is expected', async (code, name) => {
    const { dialect } = await answering(() => valued(code));
    for (const [, call] of calls.slice(2, 6)) await expect(call(dialect)).rejects.toMatchObject({ name, code });
  });

  it.each([
    [404, 'ItemNotFoundError'],
    [409, 'ConflictError'],
    [-100, 'UndefinedConditionError'],
  ])('%i is one of writing, too', async (code, name) => {
    const { dialect } = await answering(() => valued(code));
    for (const [, call] of [...calls.slice(0, 2), ...calls.slice(6)]) {
      await expect(call(dialect)).rejects.toMatchObject({ name, code });
    }
  });

  it('0 is no roster, and no presence', async () => {
    const { dialect } = await answering(() => valued(0));
    for (const [, call] of calls.slice(2, 6)) {
      await expect(call(dialect)).rejects.toMatchObject({ name: 'MalformedResponseError' });
    }
  });

  it('1 is a stanza that could not be read', async () => {
    const { dialect } = await answering(() => valued(1));
    await expect(dialect.sendStanza(alice, bob, '<message/>')).rejects.toMatchObject({ name: 'BadRequestError' });
  });
});

describe('a string in place of an integer', () => {
  it('leaves open whether a stanza was sent', async () => {
    const { dialect, requests } = await answering(() => valued('canary'));
    const error: unknown = await dialect.sendStanza(alice, bob, '<message/>').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'OutcomeUnknownError' });
    expect(String(error)).not.toContain('canary');
    expect(requests).toHaveLength(1);
  });

  it('is a failure of a link, of which the rosters tell the rest', async () => {
    const { dialect } = await answering((request) => valued(methodIn(request) === 'link_contacts' ? 'no user' : []));
    await expect(dialect.linkContacts(...sides())).rejects.toMatchObject({ name: 'PartialLinkError' });
  });
});

describe('a link whose nick is renewed', () => {
  it('is a partial link if the server can not unlink the pair first, because the old nick stays', async () => {
    const row = (contact: string) => ({ jid: `${contact}@xmpp.test`, nick: 'old', subscription: 'both', group: '' });
    const { dialect } = await answering((request) =>
      valued(methodIn(request) === 'get_roster' ? [row(request.includes('>alice<') ? 'bob' : 'alice')] : 1),
    );
    await expect(dialect.linkContacts(...sides())).rejects.toMatchObject({
      name: 'PartialLinkError',
      sides: { jid1: 'not', jid2: 'not' },
    });
  });

  it('is a success if another call for the same link unlinked the pair first and linked it again', async () => {
    let isRenewed = false;
    const rowOf = (owner: string) => {
      const [contact, nick] = owner === 'alice' ? ['bob', 'Two'] : ['alice', 'One'];
      return { jid: `${contact}@xmpp.test`, nick: isRenewed ? nick : 'old', subscription: 'both', group: '' };
    };
    const { dialect } = await answering((request) => {
      if (methodIn(request) === 'get_roster') return valued([rowOf(request.includes('>alice<') ? 'alice' : 'bob')]);
      if (methodIn(request) === 'unlink_contacts') isRenewed = true;
      return valued(1);
    });
    expect(await dialect.linkContacts(...sides())).toBeUndefined();
  });
});

describe('a roster of a classic server', () => {
  it('has no contact for a row without a JID', async () => {
    const row = { jid: 'carol@xmpp.test', nick: 'Carol', subscription: 'both', group: 'Work' };
    const { dialect } = await answering(() => valued([{}, { nick: 'Ghost' }, row, { jid: '' }]));
    expect(await dialect.getRoster(alice)).toMatchObject([{ jid: 'carol@xmpp.test', nick: 'Carol' }]);
    const { part, presences } = await dialect.getRosterWithPresence(alice, (items) => ({ items }), everybody);
    expect(part.items).toMatchObject([{ jid: 'carol@xmpp.test' }]);
    expect(presences).toHaveLength(1);
  });
});

describe('a classic server that breaks', () => {
  it.each([
    ['crashes', { status: 500 } as const, 'MalformedResponseError', 'HTTP status 500'],
    ['can not encode its answer', { status: 500, closes: false } as const, 'MalformedResponseError', 'HTTP status 500'],
    ['closes without an answer', 'closed without an answer' as const, 'ConnectionLostError', 'the connection broke'],
    ['answers a struct', valued({ res: 0 }), 'MalformedResponseError', 'expected'],
  ])('and %s is an error by its own name, and of a stanza as unknown', async (_, outcome, name, reason) => {
    const { dialect } = await answering(() => outcome);
    for (const [method, call] of calls) {
      if (method === 'get_presence' && typeof outcome === 'object' && 'body' in outcome) continue;
      await expect(call(dialect)).rejects.toMatchObject({
        name: method === 'send_stanza' ? 'OutcomeUnknownError' : name,
        message: expect.stringContaining(reason),
      });
    }
  });

  it('is sent a stanza once', async () => {
    const { dialect, requests } = await answering(() => 'closed without an answer');
    await expect(dialect.sendStanza(alice, bob, '<message/>')).rejects.toMatchObject({ name: 'OutcomeUnknownError' });
    expect(requests).toHaveLength(1);
  });

  it('quotes its callers, of whom nothing is passed on', async () => {
    const fault = '<fault><value><struct><member><name>faultCode</name><value><int>-1</int></value></member>';
    const text =
      '<member><name>faultString</name><value>Unknown call: canary</value></member></struct></value></fault>';
    const { dialect } = await answering(() => ({
      body: Buffer.from(`<methodResponse>${fault}${text}</methodResponse>`),
    }));
    const error: unknown = await dialect.linkContacts(...sides()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'UndefinedConditionError', code: -1 });
    expect(String(error)).not.toContain('canary');
  });
});

describe('text of a classic server', () => {
  const nickIn = async (body: Buffer) => {
    const { dialect } = await answering(() => ({ body }));
    return (await dialect.getRoster(alice))[0]?.nick;
  };
  const roster = (nick: string, declaration = '<?xml version="1.0"?>') => {
    const row = `<struct><member><name>jid</name><value>b@x</value></member><member><name>nick</name><value>${nick}</value></member></struct>`;
    return `${declaration}<methodResponse><params><param><value><array><data><value>${row}</value></data></array></value></param></params></methodResponse>`;
  };

  it.each([
    ['UTF-8 without a declaration', Buffer.from(roster('é€😀')), 'é€😀'],
    ['UTF-8 declared as Latin-1', Buffer.from(roster('é€', '<?xml version="1.0" encoding="ISO-8859-1"?>')), 'é€'],
    ['Latin-1 without a declaration', Buffer.from(roster('é & ü'.replace('&', '&amp;')), 'latin1'), 'é & ü'],
    ['Latin-1 declared as UTF-8', Buffer.from(roster('é', '<?xml version="1.0" encoding="UTF-8"?>'), 'latin1'), 'é'],
  ])('is read as what its bytes are: %s', async (_, body, nick) => {
    expect(await nickIn(body)).toBe(nick);
  });
});

describe('mod_rostbeef 1.0.0', () => {
  it('tells no subscription, which reads as none, and presence flat', async () => {
    const { dialect, state } = await on('mod_rostbeef 1.0.0');
    await dialect.linkContacts(...sides());
    expect(await dialect.getRoster(alice)).toEqual([
      { jid: 'bob@xmpp.test', nick: 'Two', groups: [], subscription: 'none', pending: 'none' },
    ]);
    login(state, 'bob', 'low', '1');
    login(state, 'bob', 'high', '9');
    const { presences } = await dialect.getRosterWithPresence(alice, (items) => ({ items }), everybody);
    expect(presences).toEqual([{ resource: 'high', show: 'available', status: '' }]);
  });

  it('does not tell either whether a side that is there was linked', async () => {
    const { dialect, state } = await on('mod_rostbeef 1.0.0');
    state.passwords.delete('bob@xmpp.test');
    const error = { name: 'PartialLinkError', sides: { jid1: 'unknown', jid2: 'not' }, retryable: true };
    await expect(dialect.linkContacts(...sides())).rejects.toMatchObject(error);
  });
});

describe('mod_rostbeef 1.0.2', () => {
  it('has priorities that are integers or strings, of which the highest that is not negative counts', async () => {
    const { dialect, state } = await on('mod_rostbeef 1.0.2');
    login(state, 'bob', 'negative', '-5');
    login(state, 'bob', 'none');
    login(state, 'bob', 'ten', '10');
    login(state, 'bob', 'nine', '9');
    expect(await dialect.getPresence(bob)).toMatchObject({ resource: 'ten' });
    await dialect.linkContacts(...sides());
    const { presences } = await dialect.getRosterWithPresence(alice, (items) => ({ items }), everybody);
    expect(presences).toMatchObject([{ resource: 'ten' }]);
  });

  it('is asked for groups once, and refused them ever after', async () => {
    const { dialect, requests } = await answering((request) =>
      request.includes('jid1') ? valued(0) : { status: 500 },
    );
    for (const _ of [1, 2]) {
      await expect(dialect.linkContacts(...sides('One', 'Two', 'Ones', ''))).rejects.toMatchObject({
        name: 'InvalidInputError',
        issues: [{ path: 'group1' }],
      });
    }
    expect(requests.map(methodIn)).toEqual(['link_contacts']);
    await dialect.linkContacts(...sides());
    expect(requests[1]).not.toContain('group1');
  });

  it.each([
    ['a number', valued(-1)],
    ['words, as its first releases did,', valued("Can't add roster item to user …")],
  ])('that says by %s that a link failed is tried once more, then asked what it has', async (_, failure) => {
    const { dialect, requests } = await answering((request) => {
      if (methodIn(request) === 'link_contacts') return failure;
      const row = { jid: 'bob@xmpp.test', nick: 'Two', group: '', subscription: 'both', pending: 'none' };
      return valued(request.includes('alice') ? [row] : []);
    });
    await expect(dialect.linkContacts(...sides())).rejects.toMatchObject({
      name: 'PartialLinkError',
      code: -1,
      sides: { jid1: 'written', jid2: 'not' },
      message: expect.stringMatching(/jid1 written, jid2 not; .*if both users exist \(-1\)$/),
    });
    expect(requests.map(methodIn)).toEqual(['link_contacts', 'link_contacts', 'get_roster', 'get_roster']);
  });

  it('whose rosters can not be read leaves open what was written', async () => {
    const { dialect } = await answering((request) =>
      methodIn(request) === 'get_roster' ? 'closed without an answer' : valued(-1),
    );
    const partial = { name: 'PartialLinkError', sides: { jid1: 'unknown', jid2: 'unknown' } };
    await expect(dialect.linkContacts(...sides())).rejects.toMatchObject(partial);
    await expect(dialect.unlinkContacts(alice, bob)).rejects.toMatchObject(partial);
  });

  it('that fails to unlink tells which side is left', async () => {
    const row = { jid: 'alice@xmpp.test', nick: 'One', group: '', subscription: 'both', pending: 'none' };
    const { dialect } = await answering((request) => {
      if (methodIn(request) === 'unlink_contacts') return valued(-1);
      return valued(request.includes('bob') ? [row] : []);
    });
    await expect(dialect.unlinkContacts(alice, bob)).rejects.toMatchObject({
      name: 'PartialLinkError',
      sides: { jid1: 'written', jid2: 'not' },
    });
  });
});

describe.each(['2008', '2010', '2012'] as const)('mod_xmlrpc of %s', (year) => {
  const generation = `mod_xmlrpc ${year}` as const;

  it('takes a link in its own form, and again', async () => {
    const { dialect } = await on(generation);
    await dialect.linkContacts(...sides());
    await dialect.linkContacts(...sides());
    expect(await dialect.getRoster(bob)).toMatchObject([{ jid: 'alice@xmpp.test', nick: 'One', subscription: 'both' }]);
  });

  it('renews what is linked, though it has no call for it', async () => {
    const { dialect } = await on(generation);
    await dialect.linkContacts(...sides());
    await dialect.linkContacts(...sides('Uno', 'Dos'));
    expect(await dialect.getRoster(alice)).toMatchObject([{ nick: 'Dos', subscription: 'both' }]);
    expect(await dialect.getRoster(bob)).toMatchObject([{ nick: 'Uno', subscription: 'both' }]);
  });

  it.each(['alice', 'bob'])('completes a link that only %s has', async (user) => {
    const { dialect, state } = await on(generation);
    await dialect.linkContacts(...sides());
    const [owner, contact] = user === 'alice' ? ['bob', 'alice@xmpp.test'] : ['alice', 'bob@xmpp.test'];
    state.rosters.remove(`${owner}@xmpp.test`, contact);
    await dialect.linkContacts(...sides());
    expect(await dialect.getRoster(alice)).toMatchObject([{ subscription: 'both' }]);
    expect(await dialect.getRoster(bob)).toMatchObject([{ subscription: 'both' }]);
  });

  it('gives each user the group meant for it, or is told to leave groups out', async () => {
    const { dialect } = await on(generation);
    const linked = dialect.linkContacts(...sides('One', 'Two', 'Ones', 'Twos'));
    if (year === '2008') {
      await expect(linked).rejects.toMatchObject({ name: 'UndefinedConditionError', code: -100 });
      await expect(dialect.linkContacts(...sides('One', 'Two', 'Ones', 'Twos'))).rejects.toThrow(/leave out group1/);
      expect(await dialect.getRoster(alice)).toEqual([]);
      return;
    }
    await linked;
    expect(await dialect.getRoster(alice)).toMatchObject([{ groups: ['Twos'] }]);
    expect(await dialect.getRoster(bob)).toMatchObject([{ groups: ['Ones'] }]);
  });

  it('does not know a user, whatever is asked', async () => {
    const { dialect, state } = await on(generation);
    state.passwords.clear();
    for (const [, call] of calls.slice(0, 6)) {
      await expect(call(dialect)).rejects.toMatchObject({ name: 'ItemNotFoundError', code: 404 });
    }
  });

  it('has one session for a user, and for a contact', async () => {
    const { dialect, state } = await on(generation);
    login(state, 'bob', 'low', '1');
    login(state, 'bob', 'high', '9');
    await dialect.linkContacts(...sides());
    expect(await dialect.getPresence(bob)).toMatchObject({ resource: 'high', show: 'available' });
    const { presences } = await dialect.getRosterWithPresence(alice, (items) => ({ items }), everybody);
    expect(presences).toMatchObject([{ resource: 'high', show: 'available' }]);
    expect(await dialect.getResources(bob)).toEqual(['high', 'low']);
  });

  it('tells groups with presence, all of them since 2012', async () => {
    const { dialect, state } = await on(generation);
    const change = { nick: 'Bob', groups: ['A', 'B'], subscription: 'both' };
    state.addItem({ local: 'alice', host: 'xmpp.test' }, 'bob@xmpp.test', change);
    const { part } = await dialect.getRosterWithPresence(alice, (items) => ({ items }), everybody);
    expect(part.items).toMatchObject([{ groups: year === '2012' ? ['A', 'B'] : ['A'] }]);
    expect(await dialect.getRoster(alice)).toEqual(part.items);
  });
});

describe('mod_xmlrpc', () => {
  it('is asked for its form of a link once', async () => {
    const { dialect, requests } = await answering((request) => valued(request.includes('group1') ? 0 : -100));
    await dialect.linkContacts(...sides());
    await dialect.linkContacts(...sides());
    expect(requests.map((request) => request.includes('group1'))).toEqual([false, true, true]);
  });

  it('that returns 1 is a failure if neither side is linked', async () => {
    const { dialect } = await answering((request) => valued(methodIn(request) === 'get_roster' ? [] : 1));
    await expect(dialect.linkContacts(...sides())).rejects.toMatchObject({ name: 'UndefinedConditionError', code: 1 });
  });

  it('that returns 1 is a success if both sides are linked, even if the nicks stay as they were', async () => {
    const rowOf = (local: string) => ({
      jid: `${local}@xmpp.test`,
      nick: 'Old',
      subscription: 'both',
      pending: 'none',
    });
    const { dialect, requests } = await answering((request) => {
      if (methodIn(request) === 'unlink_contacts') return valued(0);
      if (methodIn(request) === 'link_contacts') return valued(1);
      return valued([rowOf(request.includes('alice') ? 'bob' : 'alice')]);
    });
    await dialect.linkContacts(...sides());
    expect(requests.map(methodIn).slice(3, 5)).toEqual(['unlink_contacts', 'link_contacts']);
  });
});

function login(state: ServerState, local: string, resource: string, priority?: string): void {
  const deliver = () => undefined;
  const session = { local, host: 'xmpp.test', resource, connectedAt: 0, deliver, presence: undefined };
  state.sessions.add(session);
  state.setPresence(session, xml('presence', {}, ...(priority === undefined ? [] : [xml('priority', {}, priority)])));
}
