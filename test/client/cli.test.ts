import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adviceOn } from '../../client/src/cli/failures.ts';
import { writeTable } from '../../client/src/cli/style.ts';
import { ERROR_CLASSES } from '../../client/src/index.ts';
import { hang, json, lose, problem, type StandIn, startStandIn } from './stand-in.ts';
import { type Ran, runCommand, type Terminal } from './terminal.ts';

let api: StandIn;
beforeAll(async () => {
  api = await startStandIn();
});
afterAll(() => api.stop());

const PEOPLE: Terminal = { isTerminal: true };
const call = (args: readonly string[], terminal?: Terminal) => runCommand([...args, '--url', api.url], terminal);
const asked = () => api.asked.map(({ path, body }) => [path, JSON.parse(body)]);
const contact = { jid: 'bob@x', nick: 'Bob', group: 'A', groups: ['A', 'B'], subscription: 'both', pending: 'none' };

describe('a command', () => {
  it.each([
    [
      ['link', 'alice@x', 'dave@x'],
      '/link_contacts',
      { jid1: 'alice@x', nick1: 'alice', jid2: 'dave@x', nick2: 'dave' },
    ],
    [
      ['link', 'alice@x', 'dave@x', '--nick1', 'Alice', '--nick2', '', '--group1', '', '--group2', 'Work'],
      '/link_contacts',
      { jid1: 'alice@x', nick1: 'Alice', jid2: 'dave@x', nick2: '', group1: '', group2: 'Work' },
    ],
    [['unlink', 'alice@x', 'dave@x'], '/unlink_contacts', { jid1: 'alice@x', jid2: 'dave@x' }],
    [['unlink', 'alice@x', 'gateway.y'], '/unlink_contacts', { jid1: 'alice@x', jid2: 'gateway.y' }],
    [['unlink', 'gateway.y', 'alice@x'], '/unlink_contacts', { jid1: 'gateway.y', jid2: 'alice@x' }],
    [
      ['send', '--from', 'a@x', '--to', 'b@x', '--body', '1 < 2'],
      '/send_stanza',
      { from: 'a@x', to: 'b@x', stanza: '<message type="chat"><body>1 &lt; 2</body></message>' },
    ],
    [
      ['send', '--from', 'a@x', '--to', 'b@x', '--stanza', '<presence/>', '--key', 'k-1'],
      '/send_stanza',
      { from: 'a@x', to: 'b@x', stanza: '<presence/>', idempotencyKey: 'k-1' },
    ],
  ])('%j calls the method with what it was given', async (args, path, input) => {
    api.answer(json(200, { code: 0 }));
    expect(await call(args)).toMatchObject({ code: 0, err: '' });
    expect(asked()).toEqual([[path, input]]);
  });

  it('reads a stanza from standard input', async () => {
    api.answer(json(200, { code: 0 }));
    await call(['send', '--from', 'a@x', '--to', 'b@x', '--stanza', '-'], { input: '<presence/>\n' });
    expect(asked()[0]?.[1]).toMatchObject({ stanza: '<presence/>' });
  });

  it('writes JSON into a pipe', async () => {
    api.answer(json(200, { contacts: [contact] }));
    const { out } = await call(['roster', 'alice@x']);
    expect(JSON.parse(out)).toEqual({ contacts: [contact] });
  });

  it('writes a table into a terminal', async () => {
    api.answer(
      json(200, { contacts: [contact, { ...contact, jid: 'li@x', nick: '李小龍', groups: [], pending: 'in' }] }),
    );
    expect((await call(['roster', 'alice@x'], PEOPLE)).out).toBe(
      [
        'CONTACT  NICK    GROUPS  SUBSCRIPTION  PENDING',
        'bob@x    Bob     A, B    both          none',
        'li@x     李小龍          both          in',
        '2 contacts',
        '',
      ].join('\n'),
    );
  });

  it('fits a table into the terminal', async () => {
    api.answer(json(200, { contacts: [{ ...contact, nick: 'n'.repeat(200) }] }));
    const { out } = await call(['roster', 'alice@x'], PEOPLE);
    expect(out).toContain('n…  ');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('replaces control characters, which could command the terminal', async () => {
    const presence = { jid: 'bob@x/d\u001b[2J', show: 'chat', status: '\u001b]0;title\u0007\u202eevil' };
    api.answer(json(200, presence));
    const { out } = await call(['presence', 'bob@x'], PEOPLE);
    expect(out).not.toMatch(/[\u0007\u001b\u202e]/);
    expect(out).toContain('title');
  });

  it('has colours only if the output supports them', async () => {
    api.answer(json(200, { code: 0 }));
    const link = ['link', 'alice@x', 'dave@x'];
    expect((await call(link, { isTerminal: true, hasColors: true })).out).toContain('\u001b[32mlinked');
    expect((await call(link, PEOPLE)).out).toBe('linked alice@x and dave@x\n');
  });

  it('has help with an example of its own', async () => {
    for (const name of ['link', 'unlink', 'roster', 'presence', 'resources', 'send', 'bulk', 'bridge']) {
      const { code, out } = await runCommand([name, '--help']);
      expect(code).toBe(0);
      expect(out).toContain(`Example:\n  $ rostbeef ${name} `);
    }
  });
});

describe('a failure', () => {
  const presence = ['presence', 'bob@x'];

  it.each([
    [1, 'ItemNotFoundError'],
    [1, 'PermissionDeniedError'],
    [75, 'CredentialsUnavailableError'],
    [75, 'PartialLinkError'],
    [75, 'TooManyRequestsError'],
  ])('ends with %i for %s, and tells its name, its detail and what to do', async (code, name) => {
    api.answer(json(500, problem(name), { 'retry-after': '60' }));
    const ran = await call(presence);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toMatch(new RegExp(`^${name}: detail of ${name}\nWhat to do: .+\\.\n$`));
  });

  it.each([
    ['an API that answers HTML', 1, 'ApiAnswerError', /check the URL/],
    ['a lost connection', 75, 'ApiConnectionLostError', /broke/],
  ])('of %s ends with %i', async (what, code, name, detail) => {
    api.answer(what === 'a lost connection' ? lose : (response) => response.end('<html>'));
    const ran = await call(presence);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(name);
    expect(ran.err).toMatch(detail);
  });

  it('of a time that is over ends with 75', async () => {
    api.answer(hang);
    expect(await call([...presence, '--timeout', '0.1'])).toMatchObject({
      code: 75,
      err: expect.stringContaining('ApiTimeoutError'),
    });
  });

  it('of an API that is not there ends with 75, and says how to start one', async () => {
    const closed = await startStandIn();
    await closed.stop();
    const { code, err } = await runCommand([...presence, '--url', closed.url]);
    expect(code).toBe(75);
    expect(err).toMatch(/^ApiUnreachableError: .*ECONNREFUSED.*\nWhat to do: .*npm start/);
  });

  it('of a stanza without an answer ends with 1, and warns', async () => {
    api.answer(lose);
    const { code, err } = await call(['send', '--from', 'a@x', '--to', 'b@x', '--body', 'x']);
    expect(code).toBe(1);
    expect(err).toMatch(/^OutcomeUnknownError: .*\nWhat to do: Ask the receiver/);
  });

  it.each(Object.keys(ERROR_CLASSES))('of the name %s has advice that is a sentence', (name) => {
    expect(adviceOn(name as keyof typeof ERROR_CLASSES)).toMatch(/^[A-Z].+\.$/);
  });
});

describe('a wrong command line', () => {
  it.each([
    [[], 'Usage: rostbeef'],
    [['lnk'], "unknown command 'lnk'"],
    [['link', 'alice@x'], "missing required argument 'jid2'"],
    [['link', 'alice@x', 'dave@x', 'carol@x'], 'too many arguments'],
    [['link', 'alice@x', 'dave@x', '--nik1', 'A'], "unknown option '--nik1'"],
    [['link', 'alice', 'dave@x'], 'expected a JID such as alice@example.com, not alice'],
    [['roster', 'alice@'], 'expected a JID such as alice@example.com'],
    [['send', '--from', 'a@x', '--to', 'b@x'], 'expected --body or --stanza'],
    [['send', '--from', 'a@x', '--to', 'b@x', '--body', 'x', '--stanza', '-'], 'expected --body or --stanza'],
    [['send', '--from', 'a@x', '--to', 'b@x', '--body', 'a\u0000'], '--body: expected text without control characters'],
    [['presence', 'bob@x', '--url', 'example.com'], '--url: expected a URL'],
    [['presence', 'bob@x', '--url', 'http://example.com'], '--url: expected https'],
    [['presence', 'bob@x', '--url', 'http://127.0.0.1', '--lambda', '{method}'], '--url or --lambda, not both'],
    [['presence', 'bob@x', '--lambda', 'get_presents=x'], '--lambda: expected method=name'],
    [['presence', 'bob@x', '--timeout', 'soon'], '--timeout: expected'],
    [['bulk', 'x.csv', '--concurrency', '0'], '--concurrency: expected 1 to 100'],
    [['bridge', '--port', '99999'], '--port: expected a port'],
    [['bridge', '--address', '0.0.0.0'], 'expected --secret-file too'],
    [['bridge', '--secret-file', '/nonexistent'], '--secret-file: /nonexistent can not be read'],
  ])('%j ends with 2 and one message', async (args, message) => {
    const { code, out, err } = await runCommand(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
  });
});

describe('the bridge', () => {
  /** Presses Ctrl-C when `use` has used the bridge that the command started. */
  async function withBridge(args: readonly string[], use: (url: string) => Promise<void>): Promise<Ran> {
    let press = () => undefined as unknown;
    let used: Promise<void> | undefined;
    const onWrite = (text: string) => {
      const [url] = /http:\S+/.exec(text) ?? [];
      if (url !== undefined) used ??= use(url).finally(() => press());
    };
    const ran = await call(['bridge', '--port', '0', ...args], {
      onWrite,
      interrupter: (pressed) => (press = pressed),
    });
    await used;
    return ran;
  }

  const body =
    '<methodCall><methodName>get_resources</methodName><params><param><value><struct/></value></param></params></methodCall>';
  const post = (url: string) => fetch(url, { method: 'POST', headers: { 'content-type': 'text/xml' }, body });

  it('answers until Ctrl-C, and logs each call', async () => {
    const { code, err } = await withBridge([], async (url) => {
      expect((await post(url)).status).toBe(200);
    });
    expect(code).toBe(0);
    expect(err).toBe('get_resources: InvalidInputError, answered as -1\n');
  });

  it('that can not listen ends with 2', async () => {
    await withBridge([], async (url) => {
      const { code, err } = await call(['bridge', '--port', new URL(url).port]);
      expect(code).toBe(2);
      expect(err).toContain('(EADDRINUSE): choose another --address or --port');
    });
  });

  it('demands the secret of its file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rostbeef-secret-'));
    try {
      const file = join(folder, 'secret');
      await writeFile(file, 'too short\n');
      expect(await call(['bridge', '--secret-file', file])).toMatchObject({
        code: 2,
        err: expect.stringContaining('at least 16 characters'),
      });
      await writeFile(file, 'a secret that is long\n');
      await withBridge(['--secret-file', file], async (url) => {
        expect((await post(url)).status).toBe(401);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

it('writes a table of more rows than a function call can have arguments', () => {
  const texts: string[] = [];
  const output = { write: (text: string) => void texts.push(text), isTerminal: true, columns: 80, hasColors: false };
  writeTable(output, ['CONTACT'], Array(200_000).fill([{ text: 'bob@example.com' }]));
  expect(texts.join('').split('\n')).toHaveLength(200_002);
});
