/** An operator frees the key of a stanza whose outcome is unknown, and no other. */
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { keyId } from 'rostbeef-layer';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../infra/local/listen.ts';
import type { Sandbox } from '../../infra/local/sandbox.ts';
import { built } from '../support/built.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { batchOf } from '../support/event-sources.ts';
import { type Input, type KeyedWorld, startKeyedWorld, TABLE } from './fixture.ts';

const script = fileURLToPath(new URL('../../infra/free-key/command.ts', import.meta.url));
const { PATH = '' } = process.env;

let world: KeyedWorld;
let sandbox: Sandbox;
let closing: Server;
/** A function whose ejabberd takes each stanza and ends the connection. */
let broken: Sandbox;
beforeAll(async () => {
  world = await startKeyedWorld(await startEmbeddedEjabberd('24.12'), built());
  sandbox = world.process();
  closing = createServer((request) => request.socket.destroy());
  const url = `http://127.0.0.1:${await listen(closing, 0, '127.0.0.1')}/`;
  broken = world.process({ EJABBERD_URL: url, EJABBERD_SECRET_ARN: '' });
});
afterEach(async () => {
  world.database.behave(() => 'answer');
  await world.database.release();
});
afterAll(async () => {
  closing.close();
  await world.stop();
});

interface Ended {
  readonly status: unknown;
  readonly output: string;
  readonly errors: string;
}

function freeKey(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const env = {
    PATH,
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: world.database.url,
    AWS_ACCESS_KEY_ID: 'AKIAOPERATOR',
    AWS_SECRET_ACCESS_KEY: 'secret-canary',
    ...settings,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, output, errors) =>
      resolve({ status: error === null ? 0 : error.code, output, errors }),
    );
  });
}

const of = (key: string) => ['--table', TABLE, '--key', key];
let keys = 0;
const newKey = () => {
  keys += 1;
  return `free-${process.pid}-${keys}`;
};
const errorOf = async (by: Sandbox, event: unknown) => {
  const outcome = await by.invoke(event);
  return outcome.kind === 'error' ? outcome.errorType : undefined;
};
/** How the one record of a batch ended. */
const recordOutcome = async (by: Sandbox, body: object, messageId: string) => {
  const { log } = await by.invoke(batchOf([JSON.stringify(body)], undefined, [messageId]));
  return log.filter((line) => line.includes('"messageId"')).map((line) => JSON.parse(line).outcome);
};
const envelope = (id: string, detail: Input) => ({ 'detail-type': 'SendStanza', source: 'my.app', id, detail });

describe('npm run free-key', () => {
  it('frees a key whose outcome is unknown, and says in one line who did', async () => {
    const { input, count } = await world.receiver();
    const idempotencyKey = newKey();
    await broken.invoke({ ...input, idempotencyKey });
    expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBe('OutcomeUnknownError');
    const { status, output, errors } = await freeKey([...of(idempotencyKey), '--by', 'alice']);
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    expect(output.split('\n')).toHaveLength(2);
    expect(JSON.parse(output)).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      action: 'free-key',
      result: 'freed',
      state: 'unknown',
      leaseEnd: expect.stringMatching(/^\d{4}-.*Z$/),
      table: TABLE,
      id: expect.stringMatching(/^[\w-]{43}$/),
      by: 'alice',
      accessKeyId: 'AKIAOPERATOR',
      message: 'the key is free, so the next call with it sends',
    });
    expect(output).not.toMatch(new RegExp(`canary|${idempotencyKey}`));
    expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('frees the key that the message of an error names by its id', async () => {
    const { input, count } = await world.receiver();
    const call = { ...input, idempotencyKey: newKey() };
    await broken.invoke(call);
    const refused = await sandbox.invoke(call);
    const [, id = ''] = /with the id ([\w-]{43})/.exec(refused.kind === 'error' ? refused.errorMessage : '') ?? [];
    expect((await freeKey(['--table', TABLE, '--id', id])).status).toBe(0);
    expect(await errorOf(sandbox, call)).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('frees the key of an event, without which a message that is moved back from the dead-letter queue is refused', async () => {
    const { input, count } = await world.receiver();
    const eventId = newKey();
    const event = envelope(eventId, input);
    expect(await recordOutcome(broken, event, 'first')).toEqual(['OutcomeUnknownError']);
    expect(await recordOutcome(sandbox, event, 'moved back')).toEqual(['OutcomeUnknownError']);
    expect((await freeKey([...of(eventId), '--source', 'messageId'])).status).toBe(1);
    expect((await freeKey([...of(eventId), '--source', 'event'])).status).toBe(0);
    expect(await recordOutcome(sandbox, event, 'moved back once more')).toEqual(['ok']);
    expect(await count()).toBe(1);
  });

  it('is not needed for a plain body: moved back it has a new message id, and is sent', async () => {
    const { input, count } = await world.receiver();
    const messageId = newKey();
    expect(await recordOutcome(broken, input, messageId)).toEqual(['OutcomeUnknownError']);
    expect(await recordOutcome(sandbox, input, messageId)).toEqual(['OutcomeUnknownError']);
    expect(await recordOutcome(sandbox, input, `${messageId} moved back`)).toEqual(['ok']);
    expect((await freeKey([...of(messageId), '--source', 'messageId'])).status).toBe(0);
    expect(await count()).toBe(1);
  });

  // The SDK gives up a held request after four seconds. A busy machine can start the command later than that.
  it.each([
    ['claimed', 1],
    ['sending', 2],
  ])(
    'refuses a key that is %s by a call at work, whatever the operator’s clock says',
    { timeout: 60_000, retry: 4 },
    async (state, heldAt) => {
      const { input, count } = await world.receiver();
      const call = { ...input, idempotencyKey: newKey() };
      world.database.behave((operation, nth) => (operation === 'UpdateItem' && nth === heldAt ? 'hold' : 'answer'));
      const sending = errorOf(sandbox, call);
      while (world.database.held() === 0) await new Promise(setImmediate);
      const inADay = 'data:text/javascript,const now = Date.now; Date.now = () => now() + 86400000;';
      const { status, output } = await freeKey(of(call.idempotencyKey), { NODE_OPTIONS: `--import "${inADay}"` });
      expect(status).toBe(1);
      expect(JSON.parse(output)).toMatchObject({ result: 'at work', state });
      await world.database.release();
      expect(await sending).toBeUndefined();
      expect(await count()).toBe(1);
    },
  );

  it('does not take a key from a call that takes it over in this moment', async () => {
    const { input, count } = await world.receiver();
    const call = { ...input, idempotencyKey: newKey() };
    await sandbox.invoke(call);
    const id = keyId('send_stanza', { source: 'idempotencyKey', value: call.idempotencyKey });
    const record = async () => (await world.database.items(TABLE)).find((item) => item['id'] === id);
    await world.database.put(TABLE, { ...(await record()), outcome: 'claimed', leaseEndsAt: '1' });
    world.database.behave((operation) => (operation === 'DeleteItem' ? 'hold' : 'answer'));
    const freeing = freeKey(['--table', TABLE, '--id', id]);
    while (world.database.held() === 0) await new Promise(setImmediate);
    expect(await errorOf(sandbox, call)).toBeUndefined();
    await world.database.release();
    expect(JSON.parse((await freeing).output)).toMatchObject({ result: 'at work' });
    expect(await record()).toMatchObject({ outcome: 'sent' });
    expect(await count()).toBe(2);
  });

  it('has freed the key also if the answer was lost and the client asked again', async () => {
    const { input } = await world.receiver();
    const call = { ...input, idempotencyKey: newKey() };
    await broken.invoke(call);
    world.database.behave((operation, nth) => (operation === 'DeleteItem' && nth === 1 ? 'lose the answer' : 'answer'));
    const { status, output } = await freeKey(of(call.idempotencyKey));
    expect({ status, ...JSON.parse(output) }).toMatchObject({ status: 0, result: 'freed' });
    expect(await errorOf(sandbox, call)).toBeUndefined();
  });

  it('tells the state and frees nothing in a dry run', async () => {
    const { input } = await world.receiver();
    const call = { ...input, idempotencyKey: newKey() };
    await broken.invoke(call);
    const { status, output } = await freeKey([...of(call.idempotencyKey), '--dry-run']);
    expect({ status, ...JSON.parse(output) }).toMatchObject({ status: 0, result: 'looked at', state: 'unknown' });
    expect(await errorOf(sandbox, call)).toBe('OutcomeUnknownError');
  });

  it('says that there is no such key', async () => {
    const { status, output } = await freeKey(of('no-such-key'));
    expect({ status, ...JSON.parse(output) }).toMatchObject({ status: 1, result: 'absent' });
  });

  it('takes the Region from the table’s ARN', async () => {
    const table = `arn:aws:dynamodb:eu-central-1:000000000000:table/${TABLE}`;
    const { errors } = await freeKey(['--table', table, '--key', 'any'], { AWS_REGION: '' });
    // The request went out, though the table in memory knows no ARN. Without a Region there is no request.
    expect(errors).toMatch(/ValidationException: .*'tableName'/);
    expect((await freeKey(of('any'), { AWS_REGION: '' })).errors).toMatch(/: Error: .*[Rr]egion/);
  });

  it('says why the table can’t be asked', async () => {
    const { status, output, errors } = await freeKey(['--table', 'no-such-table', '--key', 'any']);
    expect({ status, output }).toEqual({ status: 1, output: '' });
    expect(errors).toMatch(/^The call of DynamoDB failed, so the key may not be free: ResourceNotFoundException: /);
  });

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['nothing', [], ['--table is required: .*', '--key or --id is required']],
    [
      'much that is wrong',
      ['--tabel', TABLE, '--table', 'a b', '--key', 'a b', '--id', 'short', '--source', 'header', '--by', ' '],
      [
        '"rostbeef-keys" is not expected; .*',
        '--tabel is not an option',
        '--by needs a value',
        '--table must be the name or ARN of a DynamoDB table',
        '--key and --id exclude each other: give one',
        '--source belongs to --key: leave it out with --id',
        '--id must be the 43 characters .*',
        '--source must be one of idempotencyKey, messageId, event, not "header"',
      ],
    ],
    ['a key that no call can have', of('a b'), ['--key must be 1 to 256 printable ASCII characters without spaces']],
    ['an option twice', [...of('a'), '--key', 'b'], ['--key is given twice']],
    ['an option without its value', ['--table', TABLE, '--key'], ['--key needs a value']],
    ['a value where none belongs', [...of('a'), '--dry-run=no'], ['--dry-run takes no value']],
  ])('ends with 2 and lists every problem of a command line with %s', async (_, args, problems) => {
    const { status, output, errors } = await freeKey(args);
    expect({ status, output }).toEqual({ status: 2, output: '' });
    const lines = errors.trimEnd().split('\n');
    expect(lines.at(-1)).toBe('See npm run free-key -- --help.');
    expect(lines.slice(0, -1)).toEqual(problems.map((problem) => expect.stringMatching(new RegExp(`^${problem}$`))));
  });

  it('explains itself', async () => {
    const { status, output } = await freeKey(['--help']);
    expect(status).toBe(0);
    for (const option of ['--table', '--key', '--source', '--id', '--by', '--dry-run'])
      expect(output).toContain(option);
  });
});
