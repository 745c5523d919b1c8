import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { secretCredentials } from '../../functions/layer/credentials/credentials.ts';
import type { SecretStage, SecretStore } from '../../functions/layer/credentials/secret-store.ts';
import { CredentialsUnavailableError } from '../../functions/layer/errors/index.ts';
import { Deadline } from '../../functions/layer/shared/deadline.ts';

const account = (password: string) => ({ user: 'bot', server: 'example.com', password });
const patient = new Deadline(60_000);
afterAll(() => patient.end());

/**
 * Creates a store in memory, with a clock that the test moves.
 *
 * @param delays the promises that delay reads, by the number of the read
 */
function storeOf(stages: Partial<Record<SecretStage, unknown>>, delays: Readonly<Record<number, Promise<void>>> = {}) {
  const reads: SecretStage[] = [];
  let time = 0;
  const store: SecretStore = {
    async read(stage) {
      reads.push(stage);
      const value = stages[stage];
      await delays[reads.length];
      if (value instanceof Error) throw value;
      return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
    },
  };
  return {
    reads,
    stages,
    source: secretCredentials(
      store,
      () => time,
      async (ms) => {
        time += ms;
      },
    ),
    now: () => time,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

describe('the credentials', () => {
  it('are read once for many callers at once, and kept', async () => {
    const { source, reads } = storeOf({ AWSCURRENT: account('one') });
    const all = await Promise.all(Array.from({ length: 20 }, () => source.current(patient)));
    expect(all).toEqual(Array.from({ length: 20 }, () => account('one')));
    await source.current(patient);
    expect(reads).toEqual(['AWSCURRENT']);
  });

  it('are read again after five minutes, and kept longer if that fails', async () => {
    const { source, stages, pass } = storeOf({ AWSCURRENT: account('one') });
    await source.current(patient);
    pass(5 * 60_000 + 1);
    stages.AWSCURRENT = new CredentialsUnavailableError();
    expect(await source.current(patient)).toEqual(account('one'));
    await setImmediate();
    stages.AWSCURRENT = account('two');
    expect(await source.current(patient)).toEqual(account('one'));
    pass(10_000);
    await source.current(patient);
    await setImmediate();
    expect(await source.current(patient)).toEqual(account('two'));
  });

  it('that are cached serve every call while Secrets Manager does not respond', async () => {
    const answers = [JSON.stringify(account('one'))];
    let time = 0;
    const read = async () => answers.pop() ?? new Promise<never>(() => undefined);
    const source = secretCredentials({ read }, () => time);
    await source.current(patient);
    time = 5 * 60_000 + 1;
    const deadline = new Deadline(100);
    expect(await source.current(deadline)).toEqual(account('one'));
    deadline.end();
  });

  it('once refused, give way to the current ones if those differ', async () => {
    const { source, stages, reads } = storeOf({ AWSCURRENT: account('one') });
    const old = await source.current(patient);
    stages.AWSCURRENT = account('two');
    expect(await source.renew(old, patient)).toEqual(account('two'));
    expect(await source.current(patient)).toEqual(account('two'));
    expect(reads).toEqual(['AWSCURRENT', 'AWSCURRENT']);
  });

  it('are replaced by the pending ones if ejabberd refuses them and the current ones are the same', async () => {
    const { source } = storeOf({ AWSCURRENT: account('one'), AWSPENDING: account('two') });
    expect(await source.renew(await source.current(patient), patient)).toEqual(account('two'));
  });

  it('renewed by one call serve the next without another read', async () => {
    const { source, stages, reads } = storeOf({ AWSCURRENT: account('one') });
    const old = await source.current(patient);
    stages.AWSCURRENT = account('two');
    await source.renew(old, patient);
    expect(await source.renew(old, patient)).toEqual(account('two'));
    expect(reads).toHaveLength(2);
  });

  it('that stay refused are read at most once in ten seconds', async () => {
    const { source, reads, pass } = storeOf({ AWSCURRENT: account('one') });
    const old = await source.current(patient);
    const results = await Promise.all(Array.from({ length: 10 }, () => source.renew(old, patient)));
    expect(results.every((result) => result === undefined)).toBe(true);
    pass(9_000);
    await source.renew(old, patient);
    expect(reads).toEqual(['AWSCURRENT', 'AWSCURRENT', 'AWSPENDING']);
    pass(1_001);
    await source.renew(old, patient);
    expect(reads).toHaveLength(5);
  });

  it('that a forced read saw serve until the next: a pending password that is not set yet gives way again', async () => {
    const { source, reads } = storeOf({ AWSCURRENT: account('one'), AWSPENDING: account('two') });
    const old = await source.current(patient);
    const pending = await source.renew(old, patient);
    expect(pending).toEqual(account('two'));
    expect(await source.renew(account('two'), patient)).toEqual(account('one'));
    expect(await source.current(patient)).toEqual(account('one'));
    expect(reads).toEqual(['AWSCURRENT', 'AWSCURRENT', 'AWSPENDING']);
  });

  it('that a slow read finds do not replace those that a newer read found', async () => {
    const slow = Promise.withResolvers<void>();
    const stages = { AWSCURRENT: account('one'), AWSPENDING: account('two') };
    const { source, pass } = storeOf(stages, { 2: slow.promise });
    await source.current(patient);
    pass(5 * 60_000 + 1);
    await source.current(patient);
    expect(await source.renew(account('one'), patient)).toEqual(account('two'));
    slow.resolve();
    await setImmediate();
    expect(await source.current(patient)).toEqual(account('two'));
  });

  it('that a frozen read finds during a second rotation do not hide the pending ones', async () => {
    const frozen = Promise.withResolvers<void>();
    const forced = Promise.withResolvers<void>();
    const first = { AWSCURRENT: account('one'), AWSPENDING: account('two') };
    const { source, stages, pass } = storeOf(first, { 4: frozen.promise, 7: forced.promise });
    await source.current(patient);
    expect(await source.renew(account('one'), patient)).toEqual(account('two'));
    pass(5 * 60_000 + 1);
    await source.current(patient);
    stages.AWSCURRENT = account('two');
    pass(10_001);
    await source.current(patient);
    await setImmediate();
    stages.AWSPENDING = account('three');
    const renewed = source.renew(account('two'), patient);
    await setImmediate();
    frozen.resolve();
    await setImmediate();
    forced.resolve();
    expect(await renewed).toEqual(account('three'));
  });

  it('that were taken since the last forced read and then are refused wait for the next one', async () => {
    const { source, stages, reads, now } = storeOf({ AWSCURRENT: account('one') });
    const old = await source.current(patient);
    expect(await source.renew(old, patient)).toBeUndefined();
    source.accepted(old);
    stages.AWSPENDING = account('two');
    const renewed = await Promise.all(Array.from({ length: 10 }, () => source.renew(old, patient)));
    expect(renewed).toEqual(Array.from({ length: 10 }, () => account('two')));
    expect(now()).toBe(10_000);
    expect(reads).toEqual(['AWSCURRENT', 'AWSCURRENT', 'AWSPENDING', 'AWSCURRENT', 'AWSPENDING']);
  });

  it('follow a second rotation right after the first', async () => {
    const { source, stages, now } = storeOf({ AWSCURRENT: account('one'), AWSPENDING: account('two') });
    await source.renew(await source.current(patient), patient);
    source.accepted(account('two'));
    stages.AWSCURRENT = account('two');
    stages.AWSPENDING = account('three');
    expect(await source.renew(account('two'), patient)).toEqual(account('three'));
    expect(now()).toBe(10_000);
  });

  it('once refused while Secrets Manager fails are asked for again, ten seconds later', async () => {
    const { source, stages, now } = storeOf({ AWSCURRENT: account('one') });
    const old = await source.current(patient);
    source.accepted(old);
    stages.AWSCURRENT = new CredentialsUnavailableError();
    await expect(source.renew(old, patient)).rejects.toThrow(CredentialsUnavailableError);
    stages.AWSCURRENT = account('two');
    expect(await source.renew(old, patient)).toEqual(account('two'));
    expect(now()).toBe(10_000);
  });

  it('taken by a call that began before the others were refused do not bring them back', async () => {
    const { source, reads } = storeOf({ AWSCURRENT: account('one'), AWSPENDING: account('two') });
    const old = await source.current(patient);
    await source.renew(old, patient);
    source.accepted(old);
    expect(await source.current(patient)).toEqual(account('two'));
    expect(await source.renew(old, patient)).toEqual(account('two'));
    expect(reads).toHaveLength(3);
  });

  it.each([
    ['not JSON', 'canary', 'not JSON'],
    ['of another form', { user: 'canary', server: 5, password: '' }, 'lacks server, password'],
    ['a list', ['canary'], 'lacks user, server, password'],
    ['absent', undefined, 'no value'],
    ['with a control character', account('canary\u0001'), 'password must not hold control characters'],
  ])('are unavailable where the secret is %s, and its content is not told', async (_, value, text) => {
    const { source } = storeOf({ AWSCURRENT: value });
    const error = await source.current(patient).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CredentialsUnavailableError);
    expect(String(error)).toContain(text);
    expect(String(error)).not.toContain('canary');
  });

  it('are given up by each caller at its own deadline, if they take too long', async () => {
    const source = secretCredentials({ read: () => new Promise(() => undefined) });
    const deadline = new Deadline(60_000);
    const waiting = source.current(deadline);
    deadline.end();
    await expect(waiting).rejects.toThrow(CredentialsUnavailableError);
  });
});
