/** A key is claimed first and sent with second, and each write to its table may be lost, late or out of order. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../infra/local/sandbox.ts';
import { built } from '../support/built.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { type KeyedWorld, startKeyedWorld, TABLE } from './fixture.ts';

let world: KeyedWorld;
let sandbox: Sandbox;
beforeAll(async () => {
  world = await startKeyedWorld(await startEmbeddedEjabberd('24.12'), built());
  sandbox = world.process();
});
afterEach(async () => {
  world.database.behave(() => 'answer');
  await world.database.release();
});
afterAll(() => world.stop());

let keys = 0;
/** A call with a key of its own, what its record is, and how often the stanza came. */
async function keyedCall() {
  keys += 1;
  const before = new Set((await world.database.items(TABLE)).map(({ id }) => id));
  const { input, count } = await world.receiver();
  const recordOf = async () => (await world.database.items(TABLE)).find(({ id }) => !before.has(id));
  return {
    call: { ...input, idempotencyKey: `claim-${process.pid}-${keys}` },
    count,
    record: recordOf,
    outcome: async () => (await recordOf())?.['outcome'],
    leaseOver: async () => sleep(Math.max(0, Number((await recordOf())?.['leaseEndsAt']) - Date.now() + 1)),
    /** As if the clocks of two functions disagreed. */
    /** Makes the lease longer than any test, because a busy machine could be slower than the lease. */
    extendLease: async () =>
      world.database.setLeaseEnd(TABLE, (await recordOf())?.['id'] ?? '', Date.now() + 3_600_000),
    endLease: async () => world.database.setLeaseEnd(TABLE, (await recordOf())?.['id'] ?? '', Date.now() - 1),
  };
}

async function errorOf(by: Sandbox, input: object): Promise<string | undefined> {
  const outcome = await by.invoke(input);
  return outcome.kind === 'error' ? outcome.errorType : undefined;
}

const inASecond = () => world.process({ EJABBERD_TIMEOUT_MS: '1000' });
const untilHeld = async (count: number) => {
  while (world.database.held() < count) await sleep(5);
};

describe('a claim', () => {
  it('that reaches the table after its call gave up burns no key', async () => {
    const { call, count, outcome, extendLease, endLease } = await keyedCall();
    world.database.behave((operation) => (operation === 'PutItem' ? 'hold' : 'answer'));
    expect(await errorOf(inASecond(), call)).toBe('IdempotencyStoreUnavailableError');
    expect(world.database.calls.at(-1)).toBe('DeleteItem');
    world.database.behave(() => 'answer');
    await world.database.release();
    expect(await outcome()).toBe('claimed');
    await extendLease();
    expect(await errorOf(sandbox, call)).toBe('IdempotencyInProgressError');
    await endLease();
    expect(await errorOf(sandbox, call)).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('that reaches the table after another call has sent changes nothing', async () => {
    const { call, count, outcome } = await keyedCall();
    world.database.behave((operation) => (operation === 'PutItem' ? 'hold' : 'answer'));
    await inASecond().invoke(call);
    world.database.behave(() => 'answer');
    expect(await errorOf(sandbox, call)).toBeUndefined();
    await world.database.release();
    expect(await outcome()).toBe('sent');
    expect(await errorOf(sandbox, call)).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('that was taken over can’t be sent with any more, however late its call goes on', async () => {
    const { call, count, outcome, endLease } = await keyedCall();
    world.database.behave((operation, nth) => (operation === 'UpdateItem' && nth === 1 ? 'hold' : 'answer'));
    const slow = errorOf(world.process(), call);
    await untilHeld(1);
    await endLease();
    expect(await errorOf(sandbox, call)).toBeUndefined();
    await world.database.release();
    expect(await slow).toBe('IdempotencyInProgressError');
    expect(await outcome()).toBe('sent');
    expect(await count()).toBe(1);
  });

  it('can be taken over for another stanza, because nothing was sent with it', async () => {
    const { call, count, endLease } = await keyedCall();
    world.database.behave((operation) => (operation === 'PutItem' ? 'hold' : 'answer'));
    await inASecond().invoke(call);
    world.database.behave(() => 'answer');
    await world.database.release();
    const another = { ...call, stanza: call.stanza.replace('canary', 'another canary') };
    expect(await errorOf(sandbox, another)).toBe('InvalidInputError');
    await endLease();
    expect(await errorOf(sandbox, another)).toBeUndefined();
    expect(await errorOf(sandbox, call)).toBe('InvalidInputError');
    expect(await count()).toBe(1);
  });

  it('whose lease is over is taken over by one of many that come at once', async () => {
    const { call, count, endLease } = await keyedCall();
    world.database.behave((operation) => (operation === 'PutItem' ? 'hold' : 'answer'));
    await inASecond().invoke(call);
    world.database.behave(() => 'answer');
    await world.database.release();
    await endLease();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => errorOf(world.process(), call)));
    expect(outcomes).toContain(undefined);
    expect(outcomes.filter((error) => error !== undefined && error !== 'IdempotencyInProgressError')).toEqual([]);
    expect(await count()).toBe(1);
  });
});

describe('the begin of sending', () => {
  it('is written before the stanza goes out, and costs one request', async () => {
    const { call } = await keyedCall();
    const before = world.database.calls.length;
    await sandbox.invoke(call);
    expect(world.database.calls.slice(before)).toEqual(['PutItem', 'UpdateItem', 'UpdateItem']);
  });

  it('whose answer is lost is asked for again, and the stanza is sent once', async () => {
    const { call, count, outcome } = await keyedCall();
    world.database.behave((operation, nth) => (operation === 'UpdateItem' && nth === 1 ? 'lose the answer' : 'answer'));
    expect(await errorOf(sandbox, call)).toBeUndefined();
    expect(await outcome()).toBe('sent');
    expect(await count()).toBe(1);
  });

  it('that can’t be written sends nothing, and the key is free again', async () => {
    const { call, count, record } = await keyedCall();
    world.database.behave((operation) => (operation === 'UpdateItem' ? 'throttle' : 'answer'));
    expect(await errorOf(sandbox, call)).toBe('IdempotencyStoreUnavailableError');
    expect(await record()).toBeUndefined();
    world.database.behave(() => 'answer');
    expect(await errorOf(sandbox, call)).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('that was written, but never answered, sends nothing, and the key is free again', async () => {
    const { call, count, record } = await keyedCall();
    world.database.behave((operation) => (operation === 'UpdateItem' ? 'lose the answer' : 'answer'));
    expect(await errorOf(sandbox, call)).toBe('IdempotencyStoreUnavailableError');
    expect(await record()).toBeUndefined();
    world.database.behave(() => 'answer');
    expect(await errorOf(sandbox, call)).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('that reaches the table after its call gave up changes nothing', async () => {
    const { call, count, record } = await keyedCall();
    world.database.behave((operation) => (operation === 'UpdateItem' ? 'hold' : 'answer'));
    expect(await errorOf(inASecond(), call)).toBe('IdempotencyStoreUnavailableError');
    world.database.behave(() => 'answer');
    await world.database.release();
    expect(await record()).toBeUndefined();
    expect(await errorOf(sandbox, call)).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('that reaches the table after another call took over changes nothing', async () => {
    const { call, count, outcome, leaseOver } = await keyedCall();
    world.database.behave((operation) =>
      operation === 'PutItem' ? 'answer' : operation === 'UpdateItem' ? 'hold' : 'hang',
    );
    expect(await errorOf(inASecond(), call)).toBe('IdempotencyStoreUnavailableError');
    world.database.behave(() => 'answer');
    expect(await outcome()).toBe('claimed');
    await leaseOver();
    expect(await errorOf(sandbox, call)).toBeUndefined();
    await world.database.release();
    expect(await outcome()).toBe('sent');
    expect(await errorOf(sandbox, call)).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('is never taken over: with neither its answer nor the way back the key becomes unknown, and the log names it', async () => {
    const { call, count, record, leaseOver } = await keyedCall();
    world.database.behave((operation) =>
      operation === 'PutItem' ? 'answer' : operation === 'UpdateItem' ? 'hold' : 'hang',
    );
    const outcome = await inASecond().invoke(call);
    expect(outcome).toMatchObject({ errorType: 'IdempotencyStoreUnavailableError' });
    world.database.behave(() => 'answer');
    await world.database.release();
    expect(await record()).toMatchObject({ outcome: 'sending' });
    const { id = 'none' } = (await record()) ?? {};
    expect(outcome.log.filter((line) => line.includes('"WARN"')).join()).toContain(id);
    expect(await errorOf(sandbox, call)).toBe('IdempotencyInProgressError');
    await leaseOver();
    const refused = await sandbox.invoke(call);
    expect(refused).toMatchObject({ errorType: 'OutcomeUnknownError', errorMessage: expect.stringContaining(id) });
    expect(await count()).toBe(0);
  });

  it('is assumed of a record that an earlier release wrote', async () => {
    const { call, count, record, endLease } = await keyedCall();
    await sandbox.invoke(call);
    await world.database.put(TABLE, { ...(await record()), outcome: 'pending' });
    await endLease();
    expect(await errorOf(sandbox, call)).toBe('OutcomeUnknownError');
    expect(await count()).toBe(1);
  });
});
