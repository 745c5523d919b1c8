/** At most once a key: who sends, who is told that it was sent already, and when nobody may send any more. */
import { Deadline } from '../deadline.ts';
import {
  IdempotencyInProgressError,
  IdempotencyStoreUnavailableError,
  InvalidInputError,
  OutcomeUnknownError,
  RostbeefError,
  UndefinedConditionError,
  UnexpectedError,
} from '../errors/index.ts';
import { fingerprint, type IdempotencyKey } from './key.ts';
import type { Claim, Held, Table } from './table.ts';

/** What is to be sent, and what it is known by. */
export interface Sending {
  readonly method: string;
  readonly key: IdempotencyKey;
  /** What tells it from any other: the same key with other parts is refused. */
  readonly parts: readonly string[];
  /** @param signal a deadline that leaves time to keep what became of it */
  send(signal: AbortSignal): Promise<void>;
}

/**
 * Sends, unless the key says that it was sent already.
 *
 * @throws InvalidInputError where the key was used for something else
 * @throws IdempotencyInProgressError while another call with the key is at work
 * @throws OutcomeUnknownError where an earlier call may have sent it: it is not sent again while the key is kept
 * @throws IdempotencyStoreUnavailableError where the table can't be asked: nothing was sent
 * @throws what `send` throws
 */
export type Once = (sending: Sending) => Promise<void>;

/** What it takes. */
export interface OnceOptions {
  readonly table: Table;
  /** How long a key is kept. */
  readonly ttlSeconds: number;
  /** The invocation's. */
  readonly deadline: Deadline;
  /** Told why an outcome could not be kept. */
  readonly warn: (reason: string) => void;
}

/** To keep an outcome in, after the last moment of sending; of a short deadline, a fifth. */
const KEEPING_MS = 500;

/** A lease outlasts its call by more than the clocks of two machines may differ. */
const CLOCKS_MS = 1_000;

/** A key may be freed between our claim and our look at who has it; who meets that more often is told to wait. */
const CLAIMS = 3;

/** Binds {@link Once} to a table for one invocation. */
export function onceBy({ table, ttlSeconds, deadline, warn }: OnceOptions): Once {
  const newClaim = ({ method, key, parts }: Sending): Claim => ({
    ...fingerprint(method, key, parts),
    attempt: process.getBuiltinModule('node:crypto').randomUUID(),
    leaseEndsAt: Math.ceil(Date.now() + deadline.remainingMs + CLOCKS_MS),
    expiresAt: Math.ceil(Date.now() / 1000) + ttlSeconds,
  });

  /** Whether this call is the one to send; otherwise it was sent. */
  const take = async (claim: Claim, key: IdempotencyKey, signal: AbortSignal): Promise<boolean> => {
    for (let claims = 0; claims < CLAIMS; claims += 1) {
      if (await table.claim(claim, signal)) return true;
      const held = await table.read(claim.id, signal);
      // The answer to our own claim was lost, and the client asked again.
      if (held?.attempt === claim.attempt) return true;
      if (held !== undefined) return demandSent(held, claim, key);
    }
    throw new IdempotencyInProgressError();
  };

  const takeOrLeave = (claim: Claim, key: IdempotencyKey, signal: AbortSignal): Promise<boolean> =>
    take(claim, key, signal).catch(async (error: unknown) => {
      // A claim whose answer never came may have been written all the same.
      if (error instanceof IdempotencyStoreUnavailableError) await attempted(table.free(claim, deadline.signal));
      throw error;
    });

  /** What can't be kept stays pending, and so becomes unknown: that never sends twice. A defect's own words stay out of the log. */
  const attempted = (keeping: Promise<void>): Promise<void> =>
    keeping.catch((error: unknown) =>
      warn(error instanceof RostbeefError ? error.message : new UnexpectedError().message),
    );

  return async (sending) => {
    const claim = newClaim(sending);
    const sendingEnds = new Deadline(deadline.remainingMs - Math.min(KEEPING_MS, deadline.remainingMs / 5));
    try {
      if (!(await takeOrLeave(claim, sending.key, sendingEnds.signal))) return;
      await sending.send(sendingEnds.signal).catch(async (error: unknown) => {
        const { signal } = deadline;
        await attempted(wasNotTaken(error) ? table.free(claim, signal) : table.keep(claim, 'unknown', signal));
        throw error;
      });
      await attempted(table.keep(claim, 'sent', deadline.signal));
    } finally {
      sendingEnds.end();
    }
  };
}

function demandSent(held: Held, { payload }: Claim, key: IdempotencyKey): false {
  if (held.payload !== payload) {
    throw new InvalidInputError({ issues: [{ path: key.source, message: 'was used for another stanza' }] });
  }
  if (held.outcome === 'sent') return false;
  if (held.outcome === 'pending' && Date.now() < held.leaseEndsAt) throw new IdempotencyInProgressError();
  throw new OutcomeUnknownError({ detail: 'an earlier call with this key may have sent it, so this one did not' });
}

/** Whether an error proves that the server did not take the stanza. A failure that it does not explain proves nothing. */
function wasNotTaken(error: unknown): boolean {
  const provesNothing = [OutcomeUnknownError, UndefinedConditionError, UnexpectedError];
  return error instanceof RostbeefError && !provesNothing.some((Class) => error instanceof Class);
}
