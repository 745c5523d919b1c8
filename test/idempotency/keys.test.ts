/** A key sends once, by every door, on every kind of server, whatever happens on the way. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../infra/local/listen.ts';
import type { Sandbox } from '../../infra/local/sandbox.ts';
import { built } from '../support/built.ts';
import { startClassic } from '../support/classic/classic-server.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { isSuccess, type KeyedWorld, keyedEntrances, startKeyedWorld, TABLE } from './fixture.ts';

const byHttp = keyedEntrances.filter(({ path }) => path === 'Idempotency-Key');

let keys = 0;
const newKey = () => {
  keys += 1;
  return `key-${process.pid}-${keys}`;
};

describe.each([
  ['ejabberd 24.12', () => startEmbeddedEjabberd('24.12')],
  ['ejabberd 23.01', () => startEmbeddedEjabberd('23.01')],
  ['mod_rostbeef', () => startClassic('mod_rostbeef 1.0.2')],
])('on %s', (_, start) => {
  let world: KeyedWorld;
  let sandbox: Sandbox;
  beforeAll(async () => {
    world = await startKeyedWorld(await start(), built());
    sandbox = world.process();
  });
  afterAll(() => world.stop());

  describe.each(keyedEntrances)('a call that comes twice by $name', ({ path, event, seen }) => {
    it('is answered twice and sent once', async () => {
      const { input, count } = await world.receiver();
      const key = newKey();
      const answers = [await sandbox.invoke(event(input, key)), await sandbox.invoke(event(input, key))].map(seen);
      expect(answers.map(isSuccess)).toEqual([true, true]);
      expect(answers[1]).toEqual(answers[0]);
      expect(await count()).toBe(1);
    });

    it('is refused if it is different', async () => {
      const { input, count } = await world.receiver();
      const key = newKey();
      await sandbox.invoke(event(input, key));
      const outcome = await sandbox.invoke(event({ ...input, from: 'another@xmpp.test' }, key));
      expect(seen(outcome).error).toBe('InvalidInputError');
      expect(outcome.log.join()).toContain(`${path} was used for another stanza`);
      expect(await count()).toBe(1);
    });
  });
});

describe('a key', () => {
  let world: KeyedWorld;
  let sandbox: Sandbox;
  const servers: Server[] = [];
  beforeAll(async () => {
    world = await startKeyedWorld(await startEmbeddedEjabberd('24.12'), built());
    sandbox = world.process();
  });
  afterEach(() => world.database.behave(() => 'answer'));
  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await world.stop();
  });

  /** A server in ejabberd's place. */
  const serverThat = async (act: (request: IncomingMessage) => void): Promise<string> => {
    const server = createServer(act);
    servers.push(server);
    return `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}/xmlrpc`;
  };
  const errorOf = async (by: Sandbox, input: object) => {
    const outcome = await by.invoke(input);
    return outcome.kind === 'error' ? outcome.errorType : undefined;
  };

  it('is the same by header and by member', async () => {
    const { input, count } = await world.receiver();
    const key = newKey();
    await sandbox.invoke({ ...input, idempotencyKey: key });
    for (const { event, seen } of byHttp) {
      expect(seen(await sandbox.invoke(event(input, key)))).toMatchObject({ status: 200 });
      expect(seen(await sandbox.invoke(event({ ...input, ...{ idempotencyKey: key } }, key)))).toMatchObject({
        status: 200,
      });
    }
    expect(await count()).toBe(1);
  });

  it.each(byHttp)('that differs from the header is refused by $name, and both are named', async ({ event, seen }) => {
    const { input, count } = await world.receiver();
    const [key, other] = [newKey(), newKey()];
    const outcome = await sandbox.invoke(event({ ...input, ...{ idempotencyKey: key } }, other));
    expect(seen(outcome)).toEqual({ status: 400, error: 'InvalidInputError' });
    expect(outcome.log.join()).toMatch(/Idempotency-Key must equal .*; idempotencyKey must equal /);
    expect(outcome.log.join()).not.toContain(key);
    expect(await count()).toBe(0);
  });

  it.each(byHttp.flatMap((entrance) => ['', ' ', '""', '" "'].map((header) => ({ ...entrance, header }))))(
    'that is a blank header, $header, is refused by $name',
    async ({ event, seen, header }) => {
      const { input, count } = await world.receiver();
      const blank = (members: object) => {
        const given = Object(event({ ...input, ...members }, 'replaced'));
        return { ...given, headers: { ...given.headers, 'Idempotency-Key': header, 'idempotency-key': header } };
      };
      for (const members of [{}, { idempotencyKey: newKey() }]) {
        const outcome = await sandbox.invoke(blank(members));
        expect(seen(outcome)).toEqual({ status: 400, error: 'InvalidInputError' });
        expect(outcome.log.join()).toContain('Idempotency-Key must ');
      }
      expect(await count()).toBe(0);
    },
  );

  it('of another kind is another: a caller can not take a message’s', async () => {
    const { input, count } = await world.receiver();
    const key = newKey();
    for (const { event } of keyedEntrances) await sandbox.invoke(event(input, key));
    expect(await count()).toBe(3);
  });

  it('holds however the addresses are given, and for the stanza’s own', async () => {
    const { input, count } = await world.receiver();
    const idempotencyKey = newKey();
    await sandbox.invoke({ ...input, idempotencyKey });
    expect(await errorOf(sandbox, { ...input, from: 'SENDER@xmpp.test', idempotencyKey })).toBeUndefined();
    const stanza = input.stanza.replace('<message ', '<message from="other@xmpp.test" ');
    expect(await errorOf(sandbox, { ...input, stanza, idempotencyKey })).toBe('InvalidInputError');
    expect(await count()).toBe(1);
  });

  it.each(['', 'a'.repeat(257), 'a b', 'é', 'a\n'])(
    'of the form %j is refused, as member and as header',
    async (value) => {
      const { input } = await world.receiver();
      expect(await sandbox.invoke({ ...input, idempotencyKey: value })).toMatchObject({
        errorType: 'InvalidInputError',
        errorMessage: expect.stringMatching(/: idempotencyKey must be 1 to 256 printable ASCII/),
      });
      // A header’s value has no white space at its end.
      if (value.endsWith('\n')) return;
      for (const { event, seen } of byHttp) {
        expect(seen(await sandbox.invoke(event(input, value)))).toEqual({ status: 400, error: 'InvalidInputError' });
      }
    },
  );

  it('is refused if no table is configured, together with every other problem of the input', async () => {
    const { input, count } = await world.receiver();
    const without = world.process({ EJABBERD_IDEMPOTENCY_TABLE: '' });
    const refused = /idempotencyKey is not accepted: no EJABBERD_IDEMPOTENCY_TABLE is configured/;
    const wrong = { ...input, stanza: '<message>', idempotencyKey: newKey() };
    expect(await without.invoke(wrong)).toMatchObject({
      errorType: 'InvalidInputError',
      errorMessage: expect.stringMatching(new RegExp(`stanza must be one well-formed.*${refused.source}`)),
    });
    const [byRest, , , byEvent] = keyedEntrances;
    expect(byRest?.seen(await without.invoke(byRest.event(input, newKey())))).toMatchObject({ status: 400 });
    // A delivery’s own id is no wish of the caller’s.
    const id = newKey();
    await without.invoke(byEvent?.event(input, id));
    await without.invoke(byEvent?.event(input, id));
    expect(await count()).toBe(2);
  });

  it('leaves in the table neither the key, nor addresses, nor the stanza, and is forgotten in time', async () => {
    const { input } = await world.receiver();
    const before = (await world.database.items(TABLE)).map(({ id }) => id);
    const idempotencyKey = newKey();
    await world.process({ EJABBERD_IDEMPOTENCY_TTL_SECONDS: '3600' }).invoke({ ...input, idempotencyKey });
    const [item = {}, ...others] = (await world.database.items(TABLE)).filter(({ id }) => !before.includes(id));
    expect(others).toEqual([]);
    expect(Object.keys(item).sort()).toEqual(['attempt', 'expiresAt', 'id', 'leaseEndsAt', 'outcome', 'payload']);
    expect(item['outcome']).toBe('sent');
    expect(Math.abs(Number(item['expiresAt']) - Date.now() / 1000 - 3600)).toBeLessThan(10);
    expect(JSON.stringify(item)).not.toMatch(/canary|receiver|sender|xmpp\.test|key-/);
  });

  it('is worked on by one call at a time: of ten at once one sends, the others may be repeated', async () => {
    const { input, count } = await world.receiver();
    const idempotencyKey = newKey();
    const processes = Array.from({ length: 3 }, () => world.process());
    const batch = (by: Sandbox) =>
      by.invoke({
        Records: Array.from({ length: 10 }, (_, number) => ({
          messageId: `${idempotencyKey}-${number}`,
          eventSource: 'aws:sqs',
          body: JSON.stringify({ ...input, idempotencyKey }),
        })),
      });
    const outcomes = (await Promise.all(processes.map(batch))).flatMap(({ log }) =>
      log.filter((line) => line.includes('"messageId"')).map((line) => JSON.parse(line).outcome),
    );
    expect(outcomes).toHaveLength(30);
    expect(outcomes).toContain('ok');
    expect(new Set(outcomes).size).toBeLessThanOrEqual(2);
    expect(outcomes.every((outcome) => ['ok', 'IdempotencyInProgressError'].includes(outcome))).toBe(true);
    expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('whose outcome is unknown stays so: it is never sent again', async () => {
    let requests = 0;
    const url = await serverThat((request) => {
      requests += 1;
      request.socket.destroy();
    });
    const { input, count } = await world.receiver();
    const idempotencyKey = newKey();
    const onBroken = world.process({ EJABBERD_URL: url, EJABBERD_SECRET_ARN: '' });
    expect(await errorOf(onBroken, { ...input, idempotencyKey })).toBe('OutcomeUnknownError');
    expect(await errorOf(onBroken, { ...input, idempotencyKey })).toBe('OutcomeUnknownError');
    expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBe('OutcomeUnknownError');
    expect(requests).toBe(1);
    expect(await count()).toBe(0);
  });

  it('is free again if nothing was sent', async () => {
    const closed = createServer();
    const url = `http://127.0.0.1:${await listen(closed, 0, '127.0.0.1')}/`;
    await new Promise((resolve) => closed.close(resolve));
    const { input, count } = await world.receiver();
    const idempotencyKey = newKey();
    expect(await errorOf(world.process({ EJABBERD_URL: url }), { ...input, idempotencyKey })).toBe(
      'EjabberdUnreachableError',
    );
    expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('is kept by no call that was refused before it', async () => {
    const { input, count } = await world.receiver();
    const idempotencyKey = newKey();
    const picky = world.process({ EJABBERD_SENDERS: 'nobody@xmpp.test' });
    expect(await errorOf(picky, { ...input, idempotencyKey })).toBe('ForbiddenServerError');
    expect(await errorOf(sandbox, { ...input, stanza: '<message>', idempotencyKey })).toBe('InvalidInputError');
    expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBeUndefined();
    expect(await count()).toBe(1);
  });

  it('is not claimed by a stanza that is refused, so the table is not asked', async () => {
    const { input } = await world.receiver();
    const lost = world.process({ EJABBERD_IDEMPOTENCY_TABLE: 'no-such-table' });
    const refused = { ...input, stanza: '<presence type="subscribe"/>', idempotencyKey: newKey() };
    expect(await errorOf(lost, refused)).toBe('ForbiddenStanzaError');
  });

  const iq = '<iq type="get" id="1"><query xmlns="jabber:iq:version"/></iq>';

  it('of an iq is free again if the receiver’s resources could not be read', async () => {
    const url = await serverThat(() => undefined);
    const { input } = await world.receiver();
    const call = { ...input, stanza: iq, idempotencyKey: newKey() };
    const onHung = world.process({ EJABBERD_URL: url, EJABBERD_SECRET_ARN: '', EJABBERD_TIMEOUT_MS: '1000' });
    expect(await errorOf(onHung, call)).toBe('EjabberdTimeoutError');
    expect(await errorOf(sandbox, call)).toBeUndefined();
  });

  it('of an iq is a success again although the resource has gone', async () => {
    const { input } = await world.receiver();
    const call = { ...input, stanza: iq, idempotencyKey: newKey() };
    expect(await errorOf(sandbox, call)).toBeUndefined();
    await world.unregister(input.to);
    expect(await errorOf(sandbox, call)).toBeUndefined();
    expect(await errorOf(sandbox, { ...call, idempotencyKey: newKey() })).toBe('ForbiddenStanzaError');
  });

  describe('of a process that was killed', () => {
    const shortLived = { EJABBERD_TIMEOUT_MS: '1000' };
    const afterItsLease = () => sleep(2_100);

    it.each([
      ['before it began to send', 'PutItem', undefined, 1],
      ['after it began to send', 'UpdateItem', 'OutcomeUnknownError', 0],
      ['after it sent', 'UpdateItem to sent', 'OutcomeUnknownError', 1],
    ] as const)('%s is at work until its lease ends', async (_, killedAt, afterwards, sent) => {
      const { input, count } = await world.receiver();
      const idempotencyKey = newKey();
      const killed = world.process(shortLived);
      const stopping = Promise.withResolvers<void>();
      world.database.behave((operation, nth) => {
        if (`${operation}${nth === 2 ? ' to sent' : ''}` !== killedAt) return 'answer';
        void killed.stop().then(stopping.resolve);
        return killedAt === 'UpdateItem to sent' ? 'hang' : 'answer';
      });
      const outcome = await killed.invoke({ ...input, idempotencyKey });
      await stopping.promise;
      expect(outcome).toMatchObject({ kind: 'error', errorType: 'Runtime.ExitError' });
      world.database.behave(() => 'answer');
      expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBe('IdempotencyInProgressError');
      await afterItsLease();
      expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBe(afterwards);
      expect(await count()).toBe(sent);
    });

    it('while it sent is unknown too', async () => {
      const { input, count } = await world.receiver();
      const idempotencyKey = newKey();
      const got = Promise.withResolvers<void>();
      const killed = world.process({
        ...shortLived,
        EJABBERD_URL: await serverThat(() => got.resolve()),
        EJABBERD_SECRET_ARN: '',
      });
      const call = killed.invoke({ ...input, idempotencyKey });
      await got.promise;
      await killed.stop();
      await call;
      await afterItsLease();
      expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBe('OutcomeUnknownError');
      expect(await count()).toBe(0);
    });
  });

  describe('whose table fails', () => {
    it.each([
      ['resets connections', 'reset', /can not be reached \(\w+\): the function’s VPC needs a gateway endpoint/],
      ['throttles', 'throttle', /DynamoDB refused PutItem \(ThrottlingException\)/],
    ] as const)('sends nothing where it %s, and does once it is back', async (_, manner, message) => {
      const { input, count } = await world.receiver();
      const idempotencyKey = newKey();
      world.database.behave(() => manner);
      const outcome = await sandbox.invoke({ ...input, idempotencyKey });
      expect(outcome).toMatchObject({ errorType: 'IdempotencyStoreUnavailableError' });
      expect(outcome).toHaveProperty('errorMessage', expect.stringMatching(message));
      expect(await count()).toBe(0);
      world.database.behave(() => 'answer');
      expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBeUndefined();
      expect(await count()).toBe(1);
    });

    it('sends nothing and settles by the deadline if the table does not answer', async () => {
      const { input, count } = await world.receiver();
      const idempotencyKey = newKey();
      const hasty = world.process({ EJABBERD_TIMEOUT_MS: '1500' });
      await hasty.invoke({ ...input, stanza: '<x/>' });
      world.database.behave(() => 'hang');
      const started = performance.now();
      expect(await errorOf(hasty, { ...input, idempotencyKey })).toBe('IdempotencyStoreUnavailableError');
      expect(performance.now() - started).toBeLessThan(2_000);
      expect(await count()).toBe(0);
    });

    it('sends nothing if the table does not exist, and the error says so', async () => {
      const { input, count } = await world.receiver();
      const lost = world.process({ EJABBERD_IDEMPOTENCY_TABLE: 'no-such-table' });
      expect(await lost.invoke({ ...input, idempotencyKey: newKey() })).toMatchObject({
        errorType: 'IdempotencyStoreUnavailableError',
        errorMessage: expect.stringContaining('EJABBERD_IDEMPOTENCY_TABLE names a table that does not exist'),
      });
      expect(await count()).toBe(0);
    });

    it('sends once if the answer to a claim was lost', async () => {
      const { input, count } = await world.receiver();
      const idempotencyKey = newKey();
      let claims = 0;
      world.database.behave((operation) => {
        if (operation === 'PutItem') claims += 1;
        return operation === 'PutItem' && claims === 1 ? 'lose the answer' : 'answer';
      });
      expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBeUndefined();
      expect(claims).toBe(2);
      expect(await count()).toBe(1);
    });

    it('after the stanza was sent is a success all the same; a repeat is not sent', async () => {
      const { input, count } = await world.receiver();
      const idempotencyKey = newKey();
      const hasty = world.process({ EJABBERD_TIMEOUT_MS: '2000' });
      world.database.behave((operation, nth) => (operation === 'UpdateItem' && nth > 1 ? 'throttle' : 'answer'));
      const outcome = await hasty.invoke({ ...input, idempotencyKey });
      expect(outcome.kind).toBe('result');
      expect(outcome.log.join()).toMatch(
        /the outcome of the idempotency key with the id [\w-]{43} could not be kept: /,
      );
      world.database.behave(() => 'answer');
      expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBe('IdempotencyInProgressError');
      await sleep(3_100);
      expect(await errorOf(sandbox, { ...input, idempotencyKey })).toBe('OutcomeUnknownError');
      expect(await count()).toBe(1);
    });
  });
});
