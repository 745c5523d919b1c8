import { createServer, type Server } from 'node:http';
import { errorCatalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultBody, resultBody } from '../../infra/local/embedded/reply.ts';
import { listen } from '../../infra/local/listen.ts';
import type { Sandbox } from '../../infra/local/sandbox.ts';
import { built } from '../support/built.ts';
import { startClassic } from '../support/classic/classic-server.ts';
import { type DynamoDb, startDynamoDb } from '../support/dynamodb.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { batchOf, type Entrance, entrances, failuresOf } from '../support/event-sources.ts';
import { startWorld, type World } from '../support/world.ts';
import type { XmppServer } from '../support/xmpp-server.ts';

let world: World;
let server: XmppServer;
let classic: XmppServer;
let keys: DynamoDb;
let odd: Server;
let oddUrl: string;
let closedUrl: string;
const running = new Map<string, Sandbox>();

/** Answers as its path says: the code that the caller's name ends with, nothing, an end, nonsense, or a long roster. */
function startOddServer(): Server {
  const long = {
    contacts: Array.from({ length: 60_000 }, (_, number) => ({ jid: `${number}@xmpp.test`, nick: 'x'.repeat(60) })),
  };
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const [, code = '1'] = /code(-?\d+)/.exec(Buffer.concat(chunks).toString()) ?? [];
    if (request.url === '/fault') response.end(faultBody(Number(code), 'canary'));
    else if (request.url === '/end') request.socket.destroy();
    else if (request.url === '/nonsense') response.end('<html/>');
    else if (request.url === '/long') response.end(resultBody(long));
  });
}

beforeAll(async () => {
  [server, classic, keys] = await Promise.all([
    startEmbeddedEjabberd('24.12'),
    startClassic('mod_rostbeef 1.0.2'),
    startDynamoDb(),
  ]);
  world = await startWorld(server, built());
  await keys.createTable('keys');
  world.secrets.set('wrong', 'AWSCURRENT', { ...server.account, password: 'wrong' });
  world.secrets.set('powerless', 'AWSCURRENT', server.powerless);
  world.secrets.set('incomplete', 'AWSCURRENT', {});
  odd = startOddServer();
  oddUrl = `http://127.0.0.1:${await listen(odd, 0, '127.0.0.1')}`;
  const closed = createServer();
  closedUrl = `http://127.0.0.1:${await listen(closed, 0, '127.0.0.1')}/`;
  await new Promise((resolve) => closed.close(resolve));
});
afterAll(async () => {
  odd.closeAllConnections();
  odd.close();
  await Promise.all([world.stop(), classic.stop(), keys.stop()]);
});

/** Settings of a function with a table of keys. */
const withKeys = () => ({
  EJABBERD_IDEMPOTENCY_TABLE: 'keys',
  EJABBERD_TIMEOUT_MS: '60000',
  AWS_ENDPOINT_URL_DYNAMODB: keys.url,
});
/** Sends an input whose outcome the table does not take, so that its key stays at work. The lease lasts for an hour. */
async function occupy(input: unknown): Promise<void> {
  keys.behave((operation, nth) => (operation === 'UpdateItem' && nth > 1 ? 'throttle' : 'answer'));
  await sandboxOf('send_stanza', withKeys()).invoke(input);
  const items = await keys.items('keys');
  await Promise.all(items.map(({ id }) => keys.setLeaseEnd('keys', id ?? '', Date.now() + 3_600_000)));
}

/** The bundled function, with settings on top of those that work; one process for each. */
function sandboxOf(name: string, settings: Readonly<Record<string, string>> = {}): Sandbox {
  const key = `${name} ${JSON.stringify(settings)}`;
  const sandbox = running.get(key) ?? world.start(name, settings);
  running.set(key, sandbox);
  return sandbox;
}

async function through(entrance: Entrance, name: string, input: unknown, settings: Record<string, string> = {}) {
  return entrance.seen(await sandboxOf(name, settings).invoke(entrance.event(input)));
}

let users = 0;
async function newUser(): Promise<string> {
  users += 1;
  await server.register(`user${users}`);
  return `user${users}`;
}

describe.each(entrances)('$name', (entrance) => {
  const call = (name: string, input: unknown) => through(entrance, name, input);
  const hasResult = !entrance.name.startsWith('SQS');
  const isHttp = entrance.name.startsWith('HTTP');
  /** The response for a success. */
  const success = (result: unknown) => ({ ...(hasResult && { result }), ...(isHttp && { status: 200 }) });
  const memberOf = (user: string) => ({ user, server: server.host });

  it('links and unlinks', async () => {
    const [alice, bob] = [await newUser(), await newUser()];
    const [jid1, jid2] = [`${alice}@${server.host}`, `${bob}@${server.host}`];
    const roster = async () => (await sandboxOf('get_roster').invoke(memberOf(alice))) as { body: Buffer };
    expect(await call('link_contacts', { jid1, nick1: 'One 😀', jid2, nick2: 'Two', group2: 'é' })).toEqual(
      success({ code: 0 }),
    );
    expect(JSON.parse((await roster()).body.toString()).contacts).toMatchObject([
      { jid: jid2, nick: 'Two', group: 'é' },
    ]);
    expect(await call('unlink_contacts', { jid1, jid2 })).toEqual(success({ code: 0 }));
    expect(JSON.parse((await roster()).body.toString()).contacts).toEqual([]);
  });

  it('reads rosters, presence and resources', async () => {
    const [alice, bob] = [await newUser(), await newUser()];
    const [jid1, jid2] = [`${alice}@${server.host}`, `${bob}@${server.host}`];
    await sandboxOf('link_contacts').invoke({ jid1, nick1: 'One', jid2, nick2: 'Two' });
    await server.connect(bob, 'desk', { show: 'dnd', status: 'Busy 😀' });
    const contact = { jid: jid2, nick: 'Two', group: '', groups: [], subscription: 'both', pending: 'none' };
    const presence = { show: 'dnd', status: 'Busy 😀' };
    expect(await call('get_roster', memberOf(alice))).toEqual(success({ contacts: [contact] }));
    expect(await call('get_roster_with_presence', { ...memberOf(alice), maxResults: 1 })).toEqual(
      success({ contacts: [{ ...contact, resource: 'desk', ...presence }] }),
    );
    expect(await call('get_presence', memberOf(bob))).toEqual(success({ jid: `${jid2}/desk`, ...presence }));
    expect(await call('get_resources', memberOf(bob))).toEqual(success({ resources: ['desk'] }));
  });

  it('sends a stanza', async () => {
    const client = await server.connect(await newUser(), 'phone', {});
    const stanza = '<message id="here"><body>😀 &amp; é</body></message>';
    expect(await call('send_stanza', { from: 'someone@xmpp.test', to: client.jid, stanza })).toEqual(
      success({ code: 0 }),
    );
    expect((await client.waitFor(({ attrs }) => attrs['id'] === 'here')).getChildText('body')).toBe('😀 & é');
  });

  const ghost = { user: 'ghost', server: 'xmpp.test' };
  const stanza = { from: 'a@xmpp.test', to: 'b@xmpp.test', stanza: '<message/>' };
  const at = (path: string) => ({
    EJABBERD_URL: `${oddUrl}/${path}`,
    EJABBERD_SECRET_ARN: '',
    EJABBERD_TIMEOUT_MS: '5000',
  });
  const atWork = { ...stanza, idempotencyKey: 'at-work' };
  beforeAll(() => occupy(atWork));
  type Failing = readonly [name: string, method: string, input: unknown, settings?: () => Record<string, string>];

  /** One way to each error. */
  const failing: readonly Failing[] = [
    ...errorCatalogue().flatMap(({ name, code }): Failing[] =>
      code === undefined || name === 'JidMalformedError'
        ? []
        : [[name, 'get_presence', { ...ghost, user: `code${code}` }, () => at('fault')]],
    ),
    ['UndefinedConditionError', 'get_presence', { ...ghost, user: 'code-1' }, () => at('fault')],
    ['JidMalformedError', 'get_presence', { user: 'a@b', server: 'x y' }],
    ['InvalidInputError', 'get_presence', { ...ghost, misspelt: 'x' }],
    ['ForbiddenStanzaError', 'send_stanza', { ...stanza, to: 'xmpp.test' }],
    ['ForbiddenServerError', 'get_presence', ghost, () => ({ EJABBERD_SERVERS: 'other.test' })],
    ['ConfigurationError', 'get_presence', ghost, () => ({ EJABBERD_URL: 'nonsense' })],
    ['CredentialsUnavailableError', 'get_presence', ghost, () => ({ EJABBERD_SECRET_ARN: 'incomplete' })],
    ['CredentialsRejectedError', 'get_presence', ghost, () => ({ EJABBERD_SECRET_ARN: 'wrong' })],
    ['PermissionDeniedError', 'get_presence', ghost, () => ({ EJABBERD_SECRET_ARN: 'powerless' })],
    ['EjabberdUnreachableError', 'get_presence', ghost, () => ({ EJABBERD_URL: closedUrl, EJABBERD_SECRET_ARN: '' })],
    ['EjabberdTimeoutError', 'get_presence', ghost, () => ({ ...at('silence'), EJABBERD_TIMEOUT_MS: '200' })],
    ['ConnectionLostError', 'get_presence', ghost, () => at('end')],
    ['MalformedResponseError', 'get_presence', ghost, () => at('nonsense')],
    ['OutcomeUnknownError', 'send_stanza', stanza, () => at('end')],
    ['IdempotencyInProgressError', 'send_stanza', atWork, withKeys],
    [
      'IdempotencyStoreUnavailableError',
      'send_stanza',
      atWork,
      () => ({ ...withKeys(), AWS_ENDPOINT_URL_DYNAMODB: closedUrl }),
    ],
    [
      'PartialLinkError',
      'link_contacts',
      { jid1: 'user@xmpp.test', nick1: '', jid2: 'ghost@xmpp.test', nick2: '' },
      () => ({ EJABBERD_URL: classic.url, EJABBERD_DIALECT: 'rostbeef', EJABBERD_SECRET_ARN: '' }),
    ],
    ['ResultTooLargeError', 'get_roster', ghost, () => at('long')],
  ];
  // A batch's answer holds no results, so that none is too large.
  const possible = failing.filter(([name]) => hasResult || name !== 'ResultTooLargeError');

  for (const [error, method, input, settings] of possible) {
    it(`tells ${error}`, async () => {
      const status = errorCatalogue().find(({ name }) => name === error)?.status;
      expect(await through(entrance, method, input, settings?.())).toEqual({ error, ...(isHttp && { status }) });
    });
  }

  it('has a way to every error, but for defects and events of no shape', () => {
    const others = ['UnexpectedError', 'UnsupportedEventError'];
    const names = errorCatalogue()
      .map(({ name }) => name)
      .filter((name) => !others.includes(name));
    expect([...new Set(failing.map(([name]) => name))].sort()).toEqual(names);
  });
});

describe('an HTTP body', () => {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

  it.each([
    ['is nested too deeply', `{"user":${nested},"server":"xmpp.test"}`, 'must nest at most 32 levels'],
    ['is only nested lists', nested, 'must nest at most 32 levels'],
    ['is a list', '[]', 'must be a JSON object'],
    ['has a prototype', '{"__proto__":{"user":"ghost","server":"xmpp.test"}}', '__proto__ is not a member'],
    [
      'has a prototype after valid members',
      '{"user":"ghost","server":"xmpp.test","__proto__":null}',
      '__proto__ is not a member',
    ],
    ['has a constructor', '{"user":"ghost","server":"xmpp.test","constructor":{}}', 'constructor is not a member'],
    ['is null', 'null', 'must be a JSON object'],
    ['is only white space', ' \n', 'the body is not JSON: expected a value, at line 2, column 1'],
    ['has a comma too many', '{"user":"ghost",\n"server":"xmpp.test",}', 'in double quotes, at line 2, column 22'],
  ])('that %s is refused, with what is wrong', async (_, body, problem) => {
    for (const entrance of entrances.slice(0, 2)) {
      const event = { ...(entrance.event({}) as object), body, isBase64Encoded: false };
      const outcome = await sandboxOf('get_presence').invoke(event);
      expect(entrance.seen(outcome)).toEqual({ status: 400, error: 'InvalidInputError' });
      expect(String(outcome.kind === 'result' && outcome.body)).toContain(problem);
    }
  });
});

describe('an SQS batch', () => {
  const bodies = (names: readonly string[]) => names.map((user) => JSON.stringify({ user, server: 'xmpp.test' }));

  it.each([
    ['is not JSON', '{"user":'],
    ['is empty', ''],
    ['is of no object', '"x"'],
    ['is nested too deeply', `{"user":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['has a prototype', '{"user":"ghost","server":"xmpp.test","__proto__":{"x":"y"}}'],
    ['is an event with a string in detail', '{"source":"a","detail-type":"b","detail":"x"}'],
    ['is a notification that holds no JSON', '{"Type":"Notification","TopicArn":"arn:a","Message":"Hello"}'],
  ])('reports only the failure of a record that %s', async (_, poison) => {
    const [good] = bodies([await newUser()]);
    const outcome = await sandboxOf('get_presence').invoke(batchOf([good ?? '', poison, good ?? '']));
    expect(failuresOf(outcome)).toEqual(['m1']);
  });

  it('of a FIFO queue ends a group at its first failure, and no other', async () => {
    const [good, bad] = bodies([await newUser(), 'ghost']).map(String);
    const batch = batchOf([good, good, bad, good, good].map(String), ['a', 'b', 'a', 'b', 'a']);
    const outcome = await sandboxOf('get_presence').invoke(batch);
    expect(failuresOf(outcome)).toEqual(['m2', 'm4']);
    expect(outcome.log.filter((line) => line.includes('"door":"sqs"'))).toHaveLength(4);
  });

  it('logs of each record how often it was received', async () => {
    const outcome = await sandboxOf('get_presence').invoke(batchOf(bodies(['ghost'])));
    expect(outcome.log.map((line) => JSON.parse(line))).toMatchObject([{ door: 'sqs', messageId: 'm0', receives: 1 }]);
  });

  it('uses at most ten connections, and reports in time the records that it can not finish', async () => {
    const users = Array.from({ length: 300 }, (_, index) => `user${index}`);
    const answered = new Set<string>();
    let connections = 0;
    const slow = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const [user = ''] = /user\d+/.exec(Buffer.concat(chunks).toString()) ?? [];
      setTimeout(() => {
        response.end(
          resultBody({ sessions_info: [{ resource: 'x', priority: 0, uptime: 0, status: '', statustext: '' }] }),
        );
        answered.add(user);
      }, 200);
    }).on('connection', () => {
      connections += 1;
    });
    const url = `http://127.0.0.1:${await listen(slow, 0, '127.0.0.1')}/`;
    const sandbox = world.start('get_presence', { EJABBERD_URL: url, EJABBERD_SECRET_ARN: '' }, { timeoutSeconds: 3 });
    try {
      const outcome = await sandbox.invoke(batchOf(bodies(users)));
      expect(outcome.kind).toBe('result');
      const failed = failuresOf(outcome);
      expect(failed.length).toBeGreaterThan(0);
      expect(failed.length).toBeLessThan(users.length);
      const done = users.filter((_, index) => !failed.includes(`m${index}`));
      expect(done.filter((user) => !answered.has(user))).toEqual([]);
      expect(connections).toBeLessThanOrEqual(10);
    } finally {
      await sandbox.stop();
      slow.closeAllConnections();
      slow.close();
    }
  });
});
