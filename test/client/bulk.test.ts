import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, hang, inTurn, json, lose, problem, type StandIn, startStandIn } from './stand-in.ts';
import { runCommand, type Terminal } from './terminal.ts';

let api: StandIn;
let folder: string;
beforeAll(async () => {
  api = await startStandIn();
});
afterAll(() => api.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rostbeef-bulk-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = (name: string) => join(folder, name);
const write = (name: string, lines: readonly string[]) => writeFile(file(name), `${lines.join('\n')}\n`);
const read = (name: string) => readFile(file(name), 'utf8');
const bulk = (name: string, args: readonly string[] = [], terminal?: Terminal) =>
  runCommand(['bulk', file(name), '--url', api.url, ...args], terminal);
const inputs = () => api.asked.map(({ body }) => JSON.parse(body));

const HEAD = 'jid1,nick1,jid2,nick2';
const link = (index: number) => `u${index}@x,U${index},v${index}@x,V${index}`;
const links = (count: number) => [HEAD, ...Array.from({ length: count }, (_, index) => link(index))];
/** Answers by the first user of a link. */
const byUser =
  (answers: Readonly<Record<string, Answer>>): Answer =>
  (response, count, asked) =>
    (answers[JSON.parse(asked.body).jid1] ?? json(200, { code: 0 }))(response, count, asked);

describe('a bulk run', () => {
  it('links every line, and leaves no file behind', async () => {
    await write('links.csv', links(20));
    api.answer(json(200, { code: 0 }));
    const { code, out } = await bulk('links.csv');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ total: 20, done: 20, failed: 0, unknown: 0, left: 0 });
    expect(inputs()).toHaveLength(20);
    expect(inputs()).toContainEqual({ jid1: 'u3@x', nick1: 'U3', jid2: 'v3@x', nick2: 'V3' });
    expect(await readdir(folder)).toEqual(['links.csv']);
  });

  it('has every method, takes quoted cells, a byte order mark and CRLF, and leaves out empty cells', async () => {
    const text = [
      'method,jid1,nick1,jid2,nick2,group1,from,to,stanza,idempotencyKey',
      'link_contacts,a@x,"A, ""the"" first\nof all",b@x,,,,,,',
      'unlink_contacts,a@x,,b@x,,,,,,',
      'send_stanza,,,,,,a@x,b@x,<presence/>,my-key',
    ];
    await writeFile(file('all.csv'), `\ufeff${text.join('\r\n')}\r\n`);
    api.answer(json(200, { code: 0 }));
    expect(await bulk('all.csv')).toMatchObject({ code: 0, err: '' });
    expect(inputs()).toEqual([
      { jid1: 'a@x', nick1: 'A, "the" first\nof all', jid2: 'b@x', nick2: '' },
      { jid1: 'a@x', jid2: 'b@x' },
      { from: 'a@x', to: 'b@x', stanza: '<presence/>', idempotencyKey: 'my-key' },
    ]);
  });

  it('never has more at a time than asked for, and keeps the order of lines about the same two users', async () => {
    await write('links.csv', [HEAD, 'a@x,1,b@x,1', 'b@x,2,a@x,2', 'c@x,3,d@x,3', 'a@x,4,b@x,4', 'e@x,5,f@x,5']);
    let atWork = 0;
    let most = 0;
    const ended: string[] = [];
    api.answer((response, count, asked) => {
      atWork += 1;
      most = Math.max(most, atWork);
      setTimeout(() => {
        atWork -= 1;
        ended.push(JSON.parse(asked.body).nick1);
        json(200, { code: 0 })(response, count, asked);
      }, 20);
    });
    await bulk('links.csv', ['--concurrency', '2']);
    expect(most).toBe(2);
    expect(ended.filter((nick) => '124'.includes(nick))).toEqual(['1', '2', '4']);
  });

  it('writes failures into a file that can be fed back', async () => {
    await write('links.csv', links(4));
    api.answer(
      byUser({ 'u1@x': json(404, problem('ItemNotFoundError')), 'u3@x': json(404, problem('ItemNotFoundError')) }),
    );
    const { code, out } = await bulk('links.csv', [], { isTerminal: true });
    expect(code).toBe(1);
    expect(out).toBe(`2 done\n2 failed: ${file('links.failures.csv')}\n`);
    const report = await read('links.failures.csv');
    expect(report.split('\r\n').sort()).toEqual([
      '',
      `link_contacts,${link(1)},3,ItemNotFoundError,detail of ItemNotFoundError`,
      `link_contacts,${link(3)},5,ItemNotFoundError,detail of ItemNotFoundError`,
      `method,${HEAD},line,error,detail`,
    ]);

    api.answer(json(200, { code: 0 }));
    expect(await bulk('links.failures.csv')).toMatchObject({ code: 0 });
    expect(
      inputs()
        .map(({ jid1 }) => jid1)
        .sort(),
    ).toEqual(['u1@x', 'u3@x']);
  });

  it('ends with 75 if every failure is retryable', async () => {
    await write('links.csv', links(2));
    api.answer(byUser({ 'u1@x': json(429, problem('TooManyRequestsError'), { 'retry-after': '60' }) }));
    expect(await bulk('links.csv')).toMatchObject({ code: 75 });
  });

  it('shows progress with rate and time left in a terminal', async () => {
    await write('links.csv', links(3));
    api.answer((response, count, asked) => {
      setTimeout(() => json(200, { code: 0 })(response, count, asked), 120);
    });
    const { err } = await bulk('links.csv', ['--concurrency', '1'], { isTerminal: true });
    const lines = err.split('\r').map((line) => line.replace(/\u001b\[K\n?/, ''));
    expect(lines[1]).toBe('░░░░░░░░░░░░░░░░░░░░░░░░ 0 %  0 of 3');
    expect(lines[2]).toMatch(/^█{8}░{16} 33 % {2}1 of 3 {2}\d+\/s {2}\d+ s left$/);
    expect(lines.at(-1)).toMatch(/^█{24} 100 % {2}3 of 3 {2}\d+\/s$/);
  });
});

describe('a bulk run that is interrupted', () => {
  it('finishes the calls at work, and continues there when it is resumed', async () => {
    await write('links.csv', links(30));
    let press = () => undefined as unknown;
    api.answer((response, count, asked) => {
      if (count === 9) press();
      json(200, { code: 0 })(response, count, asked);
    });
    const first = await bulk('links.csv', ['--concurrency', '3'], { interrupter: (pressed) => (press = pressed) });
    const { done, left, state } = JSON.parse(first.out);
    expect(first.code).toBe(75);
    expect(done).toBe(inputs().length);
    expect(done + left).toBe(30);
    expect(state).toBe(file('links.csv.state'));
    const before = inputs();

    api.answer(json(200, { code: 0 }));
    const second = await bulk('links.csv', ['--resume', state]);
    expect(second.code).toBe(0);
    expect(JSON.parse(second.out)).toMatchObject({ total: 30, done: 30, left: 0 });
    expect([...before, ...inputs()].map(({ jid1 }) => jid1).sort()).toEqual(
      Array.from({ length: 30 }, (_, index) => `u${index}@x`).sort(),
    );
    expect(await readdir(folder)).toEqual(['links.csv']);
  });

  it('does not wait if it is interrupted twice, and leaves those lines to the next run', async () => {
    await write('links.csv', links(5));
    let press = () => undefined as unknown;
    api.answer((response, count, asked) => {
      if (count === 2) {
        press();
        press();
      }
      if (count < 2) json(200, { code: 0 })(response, count, asked);
    });
    const ran = await bulk('links.csv', ['--concurrency', '1'], { interrupter: (pressed) => (press = pressed) });
    expect(JSON.parse(ran.out)).toMatchObject({ done: 2, left: 3 });
  });

  it('is not begun again by mistake', async () => {
    await write('links.csv', links(2));
    await writeFile(file('links.csv.state'), '{"sha256":"x"}\n');
    await writeFile(file('links.failures.csv'), 'kept');
    api.answer(json(200, { code: 0 }));
    const { code, err } = await bulk('links.csv');
    expect(code).toBe(2);
    expect(err).toContain(`--resume ${file('links.csv.state')}`);
    expect(api.asked).toHaveLength(0);
  });

  it('does not go on with a file that was changed', async () => {
    await write('links.csv', links(3));
    api.answer((response) => response.writeHead(403).end(JSON.stringify(problem('AccessDeniedError'))));
    await bulk('links.csv');
    await write('links.csv', links(4));
    const { code, err } = await bulk('links.csv', ['--resume', file('links.csv.state')]);
    expect(code).toBe(2);
    expect(err).toContain('the file was changed since');
  });

  it('goes on after a kill that cut off the last line of the state', async () => {
    await write('links.csv', links(3));
    api.answer(json(403, problem('AccessDeniedError')));
    await bulk('links.csv', ['--concurrency', '1']);
    const state = await read('links.csv.state');
    await writeFile(file('links.csv.state'), `${state}{"line":2,"is":"done"}\n{"line":3,"i`);
    api.answer(json(200, { code: 0 }));
    expect(await bulk('links.csv', ['--resume', file('links.csv.state')])).toMatchObject({ code: 0 });
    expect(
      inputs()
        .map(({ jid1 }) => jid1)
        .sort(),
    ).toEqual(['u1@x', 'u2@x']);
  });
});

describe('the state of a bulk run', () => {
  it('can be read again after a run that went on from a line that was cut off', async () => {
    await write('links.csv', links(4));
    api.answer(json(403, problem('AccessDeniedError')));
    await bulk('links.csv', ['--concurrency', '1']);
    await writeFile(file('links.csv.state'), `${await read('links.csv.state')}{"line":2,"i`);
    const resume = ['--concurrency', '1', '--resume', file('links.csv.state')];
    api.answer(inTurn(json(200, { code: 0 }), json(200, { code: 0 }), json(403, problem('AccessDeniedError'))));
    await bulk('links.csv', resume);
    api.answer(json(200, { code: 0 }));
    expect(await bulk('links.csv', resume)).toMatchObject({ code: 0, err: '' });
    expect(inputs().map(({ jid1 }) => jid1)).toEqual(['u2@x', 'u3@x']);
  });

  it('is begun again after a kill that cut off its only line', async () => {
    await write('links.csv', links(2));
    api.answer(json(403, problem('AccessDeniedError')));
    await bulk('links.csv', ['--concurrency', '1']);
    await writeFile(file('links.csv.state'), (await read('links.csv.state')).slice(0, 20));
    api.answer(json(200, { code: 0 }));
    expect(await bulk('links.csv', ['--resume', file('links.csv.state')])).toMatchObject({ code: 0, err: '' });
  });

  it.each([
    ['several lines', `${HEAD}\n${link(0)}\n${link(1)}`],
    ['one line', HEAD],
  ])('is no file of %s without a last line break, and such a file stays as it was', async (_, text) => {
    await write('links.csv', links(2));
    await writeFile(file('others.csv'), text);
    expect(await bulk('links.csv', ['--resume', file('others.csv')])).toMatchObject({ code: 2 });
    expect(await read('others.csv')).toBe(text);
  });

  it('must exist to go on with it, because a new run would send each stanza again', async () => {
    await write('links.csv', links(2));
    api.answer(json(200, { code: 0 }));
    const ran = await bulk('links.csv', ['--resume', file('link.csv.state')]);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('can not be read (ENOENT)') });
    expect(inputs()).toEqual([]);
    expect(await readdir(folder)).toEqual(['links.csv']);
  });

  it('stays as it was if the run is begun a second time', async () => {
    await write('links.csv', links(2));
    const text = '{"sha256":"x"}\n{"line":2,"i';
    await writeFile(file('links.csv.state'), text);
    expect(await bulk('links.csv')).toMatchObject({ code: 2, err: expect.stringContaining('begun before') });
    expect(await read('links.csv.state')).toBe(text);
  });
});

describe('a bulk run that can not go on', () => {
  it.each([
    ['the caller may not call', json(403, problem('AccessDeniedError')), 1, 'AccessDeniedError'],
    ['the URL is another site’s', json(200, 'hello'), 1, 'ApiAnswerError'],
    [
      'ejabberd is down',
      json(503, problem('EjabberdUnreachableError'), { 'retry-after': '60' }),
      75,
      'EjabberdUnreachableError',
    ],
  ])('stops at once if %s, and leaves everything to the next run', async (_, answer, code, name) => {
    await write('links.csv', links(50));
    api.answer(answer);
    const ran = await bulk('links.csv');
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(`${name}: `);
    expect(JSON.parse(ran.out)).toMatchObject({ done: 0, failed: 0, left: 50, error: name });
    expect(api.asked.length).toBeLessThanOrEqual(5);
  });
});

describe('stanzas of a bulk run', () => {
  const stanzas = (count: number) => [
    'method,from,to,stanza',
    ...Array.from({ length: count }, (_, index) => `send_stanza,a${index}@x,b@x,<presence/>`),
  ];

  it('have keys that are on disk before they are sent, and keep them in a later run', async () => {
    await write('stanzas.csv', stanzas(3));
    const sent: string[] = [];
    const onDisk: boolean[] = [];
    api.answer(async (response, count, asked) => {
      const { idempotencyKey } = JSON.parse(asked.body);
      sent.push(idempotencyKey);
      onDisk.push((await read('stanzas.csv.state')).includes(idempotencyKey));
      json(403, problem('AccessDeniedError'))(response, count, asked);
    });
    await bulk('stanzas.csv', ['--concurrency', '1']);
    expect(onDisk).toEqual([true]);
    api.answer(json(200, { code: 0 }));
    await bulk('stanzas.csv', ['--concurrency', '1', '--resume', file('stanzas.csv.state')]);
    const keys = inputs().map(({ idempotencyKey }) => idempotencyKey);
    expect(keys[0]).toBe(sent[0]);
    expect(new Set(keys).size).toBe(3);
  });

  it('that failed have their keys in the file of failures', async () => {
    await write('stanzas.csv', stanzas(1));
    api.answer(json(403, problem('ForbiddenStanzaError')));
    await bulk('stanzas.csv');
    const [{ idempotencyKey }] = inputs();
    expect(await read('stanzas.failures.csv')).toContain(`<presence/>,${idempotencyKey},2,ForbiddenStanzaError`);
    api.answer(json(200, { code: 0 }));
    await bulk('stanzas.failures.csv');
    expect(inputs()).toMatchObject([{ idempotencyKey }]);
  });

  it('of unknown outcome go to a file of their own', async () => {
    await write('stanzas.csv', stanzas(2));
    api.answer(inTurn(json(502, problem('OutcomeUnknownError')), json(200, { code: 0 })));
    const { code, out } = await bulk('stanzas.csv', ['--concurrency', '1'], { isTerminal: true });
    expect(code).toBe(1);
    expect(out).toBe(`1 done\n1 of unknown outcome: ${file('stanzas.unknown.csv')}\n`);
    expect(await read('stanzas.unknown.csv')).toContain('OutcomeUnknownError');
  });

  it('are repeated after a lost answer, with the same key', async () => {
    await write('stanzas.csv', stanzas(1));
    api.answer(inTurn(lose, json(200, { code: 0 })));
    expect(await bulk('stanzas.csv')).toMatchObject({ code: 0 });
    const keys = inputs().map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toEqual([keys[0], keys[0]]);
  });
});

describe('a file that can not be run', () => {
  it.each([
    [
      'a wrong column',
      ['jid1,nick,jid2,nick2', 'a,b,c,d'],
      /line 1: unknown column "nick", no column "nick1"; expected jid1/,
    ],
    ['a column twice', [`${HEAD},jid1`, 'a,b,c,d,e'], /column "jid1" twice/],
    ['no line', [HEAD], /has no operation/],
    ['a short line', [HEAD, 'a,b,c,d', 'a,b'], /is not CSV: .*line 3/],
    ['an open quote', [HEAD, 'a,"b,c,d'], /is not CSV/],
    [
      'an unknown method',
      ['method,jid1,jid2', 'unlink_contacts,a,b', 'get_roster,a,b'],
      /line 3: expected one of .* not "get_roster"/,
    ],
  ])('because of %s ends with 2 before anything is done', async (_, lines, message) => {
    await write('links.csv', lines);
    api.answer(hang);
    const { code, out, err } = await bulk('links.csv');
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(message);
    expect(api.asked).toHaveLength(0);
    expect(await readdir(folder)).toEqual(['links.csv']);
  });

  it('because it is not there ends with 2', async () => {
    expect(await bulk('none.csv')).toMatchObject({ code: 2, err: expect.stringContaining('can not be read (ENOENT)') });
  });

  it('because it is a folder ends with 2', async () => {
    expect(await bulk('.')).toMatchObject({ code: 2, err: expect.stringContaining('can not be read (EISDIR)') });
  });

  it('because the failures of an earlier run are there ends with 2, and removes nothing', async () => {
    await write('links.csv', links(1));
    await writeFile(file('links.failures.csv'), 'kept');
    expect(await bulk('links.csv')).toMatchObject({ code: 2, err: expect.stringContaining('feed it back') });
    expect(await read('links.failures.csv')).toBe('kept');
    expect((await readdir(folder)).sort()).toEqual(['links.csv', 'links.failures.csv']);
  });
});
