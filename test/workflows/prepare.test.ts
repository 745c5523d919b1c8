/** The bundled function, under AWS's runtime interface client, with S3 of a stand-in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { built } from '../support/built.ts';
import { ProbedSandbox } from '../support/probed-sandbox.ts';
import { readThrown } from '../support/thrown-error.ts';
import { synthesizeMachines } from './machines.ts';
import { openStage, type Stage } from './stage.ts';

const machines = synthesizeMachines();
let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ bundles: built(), machines, environment: {}, processes: 1 });
});
afterAll(() => stage.stop());

let runs = 0;

/** Prepares a file, and resolves to what it was sorted into. */
async function prepare(name: string, content: string | Uint8Array, keepsKeys = true) {
  const run = `run-${++runs}`;
  await stage.upload(name, content);
  const invoked = await stage.call('prepare', { bucket: machines.bucket, key: name, run, keepsKeys });
  const written = async (kind: string) => {
    const lines = await stage.lines(`runs/${run}/${kind}.jsonl`).catch(() => undefined);
    return lines;
  };
  const error =
    invoked.kind === 'error' ? `${invoked.errorType}: ${readThrown(invoked.errorMessage).words}` : undefined;
  return { run, error, good: await written('good'), bad: await written('bad') };
}

const LINK = { jid1: 'a@xmpp.test', nick1: 'A', jid2: 'b@xmpp.test', nick2: 'B' };
const STANZA = { from: 'a@xmpp.test', to: 'b@xmpp.test', stanza: '<message><body>Hi</body></message>' };
const json = (...lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

describe('a file of operations', () => {
  it('is read as CSV, in which an empty cell is a missing member', async () => {
    const file = [
      '\ufeffmethod,jid1,nick1,jid2,nick2,group2',
      'link_contacts,a@xmpp.test,"A, ""the first""",b@xmpp.test,B,',
      '',
      'unlink_contacts,a@xmpp.test,,b@xmpp.test,,',
    ].join('\r\n');
    const { run, good, bad } = await prepare('in/one.csv', file);
    expect(good).toEqual([
      { run, line: 2, method: 'link_contacts', input: { ...LINK, nick1: 'A, "the first"' } },
      { run, line: 4, method: 'unlink_contacts', input: { jid1: 'a@xmpp.test', jid2: 'b@xmpp.test' } },
    ]);
    expect(bad).toEqual([]);
  });

  it('is read as JSON Lines, in which an empty group is a group', async () => {
    const { good } = await prepare('in/one.jsonl', json({ method: 'link_contacts', ...LINK, group1: '' }));
    expect(good).toMatchObject([{ line: 1, input: { ...LINK, group1: '' } }]);
  });

  it('gives a stanza its own key, or else one of the run and the line', async () => {
    const file = json(
      { method: 'send_stanza', ...STANZA },
      { method: 'send_stanza', ...STANZA, idempotencyKey: 'mine' },
    );
    const { run, good } = await prepare('in/stanzas.jsonl', file);
    expect(good?.map(({ input }) => Object(input).idempotencyKey)).toEqual([`${run}/1`, 'mine']);
  });

  it('that an earlier run left undone keeps its lines and its keys', async () => {
    const operation = { run: 'first', line: 7, method: 'send_stanza', input: { ...STANZA, idempotencyKey: 'first/7' } };
    const child = { Name: 'x', Status: 'FAILED', Error: 'EjabberdUnreachableError', Input: JSON.stringify(operation) };
    await stage.upload('old/FAILED_0.jsonl', json(child, { ...child, Input: 'no operation' }));
    await stage.upload('old/PENDING_0.jsonl', json({ Input: JSON.stringify({ ...operation, line: 9 }) }));
    const files = { FAILED: [{ Key: 'old/FAILED_0.jsonl' }], PENDING: [{ Key: 'old/PENDING_0.jsonl' }] };
    const manifest = { ResultFiles: { ...files, SUCCEEDED: [{ Key: 'old/SUCCEEDED_0.jsonl' }] } };
    const { run, good, bad } = await prepare('old/manifest.json', JSON.stringify(manifest));
    expect(good).toEqual([
      { ...operation, run },
      { ...operation, run, line: 9 },
    ]);
    expect(bad).toEqual([{ line: 2, reason: 'is not JSON' }]);
  });
});

describe('a bad line', () => {
  const bad: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['is not JSON', '{"method":', 'is not JSON'],
    ['is no object', '[1]', 'is not a JSON object'],
    ['is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'is not UTF-8'],
    ['asks for a method that reads', json({ method: 'get_roster' }).trim(), 'method must be one of link_contacts'],
    ['lacks a member', json({ method: 'unlink_contacts', jid1: 'a@xmpp.test' }).trim(), 'jid2 is required'],
    ['has a misspelt member', json({ method: 'link_contacts', ...LINK, nik: 1 }).trim(), 'nik is not a member of'],
    [
      'has 300 KB',
      json({ method: 'send_stanza', ...STANZA, stanza: 'x'.repeat(300_000) }).trim(),
      'has more than 245760 bytes',
    ],
    [
      'is longer as JSON than a state passes on',
      json({ method: 'send_stanza', ...STANZA, stanza: 'x'.repeat(245_640) }).trim(),
      'has more than 245760 bytes as JSON',
    ],
    [
      'has a key with a space',
      json({ method: 'send_stanza', ...STANZA, idempotencyKey: 'a b' }).trim(),
      'idempotencyKey must be 1 to 256 printable ASCII characters',
    ],
  ];

  it('is told by its number and the reason, and the good ones are done', async () => {
    const good = Buffer.from(json({ method: 'link_contacts', ...LINK }));
    const file = Buffer.concat([...bad.flatMap(([, line]) => [Buffer.from(line), Buffer.from('\n')]), good]);
    const prepared = await prepare('in/bad.jsonl', file);
    expect(prepared.error).toBeUndefined();
    expect(prepared.good).toMatchObject([{ line: bad.length + 1, method: 'link_contacts' }]);
    expect(prepared.bad?.map(({ line }) => line)).toEqual(bad.map((_, index) => index + 1));
    for (const [index, [name, , reason]] of bad.entries()) {
      expect(prepared.bad?.[index]?.['reason'], name).toContain(reason);
    }
  });

  it('of CSV spoils no other, whatever its quotes', async () => {
    const file =
      'method,jid1,jid2\nunlink_contacts,"a@xmpp.test,b@xmpp.test\nunlink_contacts,a\nunlink_contacts,a@x,b@x\n';
    const prepared = await prepare('in/bad.csv', file);
    expect(prepared.good).toMatchObject([{ line: 4 }]);
    expect(prepared.bad).toEqual([
      { line: 2, reason: 'is not CSV: check its quotes' },
      { line: 3, reason: 'has 2 cells, but the first line names 3 columns' },
    ]);
  });

  it('is a stanza if no table keeps its key', async () => {
    const file = json({ method: 'send_stanza', ...STANZA }, { method: 'link_contacts', ...LINK });
    const { good, bad: refused } = await prepare('in/no-table.jsonl', file, false);
    expect(good).toMatchObject([{ line: 2 }]);
    expect(refused).toMatchObject([{ line: 1, reason: expect.stringContaining('idempotency=true') }]);
  });

  it('is not quoted in the log or among the bad lines', async () => {
    const { bad: refused } = await prepare(
      'in/secret.jsonl',
      json(
        { method: 'link_contacts', ...LINK, nick1: 7, secret: 1 },
        { method: 'link_contacts', ...LINK, nick1: 'Canary' },
        { method: 'Canary', ...LINK },
      ),
    );
    expect(refused).toHaveLength(2);
    const { error } = await prepare('in/no-header.csv', 'link_contacts,a@xmpp.test,Canary,b@xmpp.test,Canary\n');
    expect(error).toContain('must name the column method, has an unknown column 1');
    expect(error).not.toContain('Canary');
    expect(JSON.stringify([refused, stage.log])).not.toContain('Canary');
  });
});

describe('nothing is started', () => {
  it.each([
    ['is empty', 'in/empty.jsonl', '', 'the file holds no operation'],
    ['has blank lines only', 'in/blank.csv', '\n\n', 'the file holds no operation'],
    ['has a header only', 'in/header.csv', 'method,jid1\n', 'the file holds no operation'],
    [
      'has an unknown column',
      'in/column.csv',
      'method,jid1,nik\n',
      'line 1 has an unknown column 3; columns are method, jid1',
    ],
    ['names no method', 'in/method.csv', 'jid1,jid2\n', 'line 1 must name the column method'],
    ['names a column twice', 'in/twice.csv', 'method,jid1,jid1\n', 'names the column jid1 twice'],
    ['has bad lines only', 'in/bad-only.jsonl', '{}\n', 'every line is bad: see runs/'],
    ['has another form', 'in/one.xlsx', 'x', 'key must end in .csv, .jsonl or manifest.json'],
    ['is a manifest of something else', 'in/manifest.json', '{}', 'key must be the manifest.json of a map run'],
  ])('from a file that %s', async (_, name, content, reason) => {
    const { error } = await prepare(name, content);
    expect(error).toMatch(/^InvalidInputError: /);
    expect(error).toContain(reason);
  });

  it('from a file that is not there', async () => {
    const event = { bucket: machines.bucket, key: 'in/missing.csv', run: 'missing', keepsKeys: true };
    expect(await stage.call('prepare', event)).toMatchObject({
      errorType: 'InvalidInputError',
      errorMessage: expect.stringContaining('key names no object of the bucket'),
    });
    expect(await stage.keys('runs/missing')).toEqual([]);
  });

  it('by an execution whose name is no part of a key', async () => {
    const event = { bucket: machines.bucket, key: 'in/one.csv', run: 'Jänner', keepsKeys: true };
    expect(await stage.call('prepare', event)).toMatchObject({ errorType: 'InvalidInputError' });
    expect(await stage.call('prepare', {})).toMatchObject({
      errorMessage: expect.stringContaining('bucket must be a string'),
    });
  });
});

it('memory does not grow with the file', { timeout: 60_000 }, async () => {
  const line = json({
    method: 'send_stanza',
    ...STANZA,
    stanza: `<message><body>${'x'.repeat(40_000)}</body></message>`,
  });
  const peakOf = async (count: number) => {
    await stage.upload('in/large.jsonl', line.repeat(count));
    const sandbox = new ProbedSandbox(stage.prepareOptions);
    try {
      const event = { bucket: machines.bucket, key: 'in/large.jsonl', run: `large-${count}`, keepsKeys: true };
      const invoked = await sandbox.invoke(event);
      expect(JSON.parse('body' in invoked ? String(invoked.body) : '{}').good.count).toBe(count);
      return (await sandbox.residue()).peakKilobytes / 1024;
    } finally {
      await sandbox.stop();
    }
  };
  // The second file has 60 MB more. A busy machine can delay the garbage collector, but not at each of three attempts.
  const small = await peakOf(1_000);
  const growths: number[] = [];
  do growths.push((await peakOf(2_500)) - small);
  while (Math.min(...growths) >= 45 && growths.length < 3);
  console.log(`${Math.round(small)} MB for 40 MB, ${growths.map(Math.round).join(', ')} MB more for 100 MB`);
  expect(Math.min(...growths)).toBeLessThan(45);
});
