/** Whatever becomes of the writes to the table, and in whichever order, of the attempts with one key at most one sends. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EjabberdUnreachableError, OutcomeUnknownError } from '../../functions/layer/errors/index.ts';
import { onceBy } from '../../functions/layer/idempotency/at-most-once.ts';
import { keyId } from '../../functions/layer/idempotency/key.ts';
import { dynamoDbTable, type Table } from '../../functions/layer/idempotency/table.ts';
import { Deadline } from '../../functions/layer/shared/deadline.ts';
import { type DynamoDb, type Manner, startDynamoDb } from '../support/dynamodb.ts';
import { IS_FULL } from '../support/full.ts';

const TABLE = 'races';
const DEADLINE_MS = 400;
/** The last attempt may not run out of time, on a busy machine either. */
const LAST_DEADLINE_MS = 20_000;

let database: DynamoDb;
let table: Table;
beforeAll(async () => {
  database = await startDynamoDb();
  await database.createTable(TABLE);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: database.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  table = dynamoDbTable(TABLE);
});
afterAll(() => database.stop());

type Sent = 'taken' | 'not taken' | 'unknown';

/** One attempt: when it starts, and what its stanza would end in. */
const attempts = fc.array(
  fc.record({ afterMs: fc.nat(60), sent: fc.constantFrom<Sent>('taken', 'not taken', 'unknown') }),
  {
    minLength: 1,
    maxLength: 3,
  },
);
const manner = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Manner>('answer') },
  { weight: 1, arbitrary: fc.constantFrom<Manner>('hold', 'hang', 'reset', 'lose the answer') },
);
const plan = fc.record({
  waves: fc.array(
    fc.record({
      attempts,
      manners: fc.array(manner, { maxLength: 12 }),
      releases: fc.boolean(),
      leaseEndsMs: fc.nat(150),
    }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
});

let keys = 0;

it('at most one attempt sends what may be taken, and a key that no attempt sent with is not lost', {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ waves }) => {
      keys += 1;
      const key = { source: 'messageId', value: `${process.pid}-${keys}` } as const;
      const id = keyId('send_stanza', key);
      const sends: Sent[] = [];
      const attempt = async (sent: Sent, deadlineMs = DEADLINE_MS): Promise<string> => {
        const deadline = new Deadline(deadlineMs);
        const send = async () => {
          sends.push(sent);
          if (sent === 'not taken') throw new EjabberdUnreachableError();
          if (sent === 'unknown') throw new OutcomeUnknownError();
        };
        const once = onceBy({ table, ttlSeconds: 3_600, deadline, warn: () => undefined });
        const admit = async () => undefined;
        return once({ method: 'send_stanza', key, parts: ['stanza'], admit, send })
          .then(
            () => 'ok',
            ({ name }) => name,
          )
          .finally(() => deadline.end());
      };
      const endLease = () => database.setLeaseEnd(TABLE, id, Date.now() - 1);

      let isLeftBehind = false;
      for (const wave of waves) {
        const manners = [...wave.manners];
        database.behave((operation) => {
          const next = manners.shift() ?? 'answer';
          isLeftBehind ||= next !== 'answer' && (operation === 'UpdateItem' || operation === 'DeleteItem');
          return next;
        });
        // As if a clock ran ahead: the lease is over while its attempt is at work.
        const leaseEnding = sleep(wave.leaseEndsMs).then(endLease);
        await Promise.all(wave.attempts.map(({ afterMs, sent }) => sleep(afterMs).then(() => attempt(sent))));
        await leaseEnding;
        await endLease();
        if (wave.releases) await database.release();
      }
      await database.release();
      database.behave(() => 'answer');
      await endLease();
      const last = await attempt('taken', LAST_DEADLINE_MS);

      expect(sends.filter((sent) => sent !== 'not taken').length).toBeLessThanOrEqual(1);
      const isUnsettled = sends.at(-1) === 'not taken' || sends.length === 0;
      // Nothing was sent before the last attempt, or all was refused: it sends, unless the table kept a begin of sending.
      if (isUnsettled) expect({ last, isLeftBehind }).toEqual({ last: 'OutcomeUnknownError', isLeftBehind: true });
      else expect(['ok', 'OutcomeUnknownError']).toContain(last);
    }),
    { numRuns: IS_FULL ? 200 : 20, endOnFailure: true },
  );
});
