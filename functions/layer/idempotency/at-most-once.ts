/**
 * Sends at most once for each idempotency key.
 *
 * An attempt claims the key, makes the last checks, marks the record as `sending`, sends, and keeps the outcome. Each write
 * is conditional and atomic. Every write after the claim demands the id of the attempt. Two rules hold also for late and
 * repeated writes, and with any clocks:
 *
 * - An attempt sends only after the table has confirmed that its claim is `sending`.
 * - Another attempt can take over a claim only until it is `sending`. After that, the first attempt can't begin to send.
 *
 * Clocks decide when a lease ends: which attempt waits, and which takes over. They do not decide which attempt sends.
 */

import {
  IdempotencyInProgressError,
  IdempotencyStoreUnavailableError,
  InvalidInputError,
  OutcomeUnknownError,
  RostbeefError,
  UnexpectedError,
} from '../errors/index.ts';
import { Deadline } from '../shared/deadline.ts';
import { fingerprint, type IdempotencyKey } from './key.ts';
import { type Claim, type Held, isAbandoned, isAtWork } from './record.ts';
import type { Table } from './table.ts';

/** One stanza to send, with its idempotency key. */
interface Sending {
  readonly method: string;
  readonly key: IdempotencyKey;
  /** The contents. The same key with other contents is refused. */
  readonly parts: readonly string[];
  /** Makes the last checks, which may ask the server. If they fail, nothing is sent and the key is freed. */
  admit(deadline: Deadline): Promise<void>;
  /** @param deadline a deadline that leaves time to keep the outcome */
  send(deadline: Deadline): Promise<void>;
}

/**
 * Sends a stanza, unless it was already sent with the same key.
 *
 * @throws InvalidInputError if the key was used for another stanza
 * @throws IdempotencyInProgressError if another call with the key is in progress
 * @throws OutcomeUnknownError if an earlier call may have sent the stanza. It is not sent again while the key is kept
 * @throws IdempotencyStoreUnavailableError if the table is unavailable. Nothing was sent
 * @throws RostbeefError if `admit` or `send` throws it
 */
export type Once = (sending: Sending) => Promise<void>;

/** The options of {@link onceBy}. */
interface OnceOptions {
  readonly table: Table;
  /** Seconds that a key is kept. */
  readonly ttlSeconds: number;
  /** The deadline of the invocation. */
  readonly deadline: Deadline;
  /** Logs that the record of a key could not be written, and why. */
  readonly warn: (message: string) => void;
}

/** Milliseconds reserved for keeping the outcome after the last moment of sending, or a fifth of a short deadline. */
const KEEPING_MS = 500;

/** The margin of a lease. The clocks of two functions usually differ by less. */
const CLOCK_SKEW_MS = 1_000;

/** The number of tries to claim. Between a refused claim and the read of its record, the key can be freed. */
const MAX_CLAIMS = 3;

/**
 * Binds {@link Once} to a table for one invocation.
 *
 * @example
 * await onceBy({ table, ttlSeconds: 1_296_000, deadline, warn })({ method: 'send_stanza', key, parts, admit, send })
 */
export function onceBy({ table, ttlSeconds, deadline, warn }: OnceOptions): Once {
  const newClaim = ({ method, key, parts }: Sending): Claim => ({
    ...fingerprint(method, key, parts),
    attempt: process.getBuiltinModule('node:crypto').randomUUID(),
    leaseEndsAt: Math.ceil(Date.now() + deadline.remainingMs + CLOCK_SKEW_MS),
    expiresAt: Math.ceil(Date.now() / 1000) + ttlSeconds,
  });

  /** Resolves to whether this call has to send. If not, the stanza was already sent. */
  const take = async (claim: Claim, key: IdempotencyKey, limit: Deadline): Promise<boolean> => {
    for (let claims = 0; claims < MAX_CLAIMS; claims += 1) {
      if (await table.claim(claim, limit)) return true;
      const held = await table.read(claim.id, limit);
      // The response to this claim was lost, and the SDK repeated the request.
      if (held?.attempt === claim.attempt) return true;
      if (held !== undefined && !isAbandoned(held, Date.now())) return demandSent(held, claim, key);
    }
    throw new IdempotencyInProgressError();
  };

  const takeAndBegin = async (claim: Claim, { key, admit }: Sending, limit: Deadline): Promise<boolean> => {
    if (!(await take(claim, key, limit))) return false;
    await admit(limit).catch(async (error: unknown) => {
      await free(claim);
      throw error;
    });
    // By the clock of another call, the lease of this call was over.
    if (!(await table.beginSending(claim, limit))) throw new IdempotencyInProgressError();
    return true;
  };

  /** Frees the key if the table fails, because a write without a response may be done nevertheless, or later. */
  const takeAndBeginOrFree = (claim: Claim, sending: Sending, limit: Deadline): Promise<boolean> =>
    takeAndBegin(claim, sending, limit).catch(async (error: unknown) => {
      if (error instanceof IdempotencyStoreUnavailableError) await free(claim);
      throw error;
    });

  const free = (claim: Claim) =>
    attempted(table.free(claim, deadline), `nothing was sent, but ${keyOf(claim)} could not be freed`);
  const keep = (claim: Claim, outcome: 'sent' | 'unknown') =>
    attempted(table.keep(claim, outcome, deadline), `the outcome of ${keyOf(claim)} could not be kept`);

  /** Logs a failed write. Without it, the outcome is unknown after the lease. The message of a defect is not logged. */
  const attempted = (writing: Promise<void>, failure: string): Promise<void> =>
    writing.catch((error: unknown) => {
      const { message } = error instanceof RostbeefError ? error : new UnexpectedError();
      warn(`${failure}: ${message}`);
    });

  return async (sending) => {
    const claim = newClaim(sending);
    const limit = new Deadline(deadline.remainingMs - Math.min(KEEPING_MS, deadline.remainingMs / 5));
    try {
      if (!(await takeAndBeginOrFree(claim, sending, limit))) return;
      await sending.send(limit).catch(async (error: unknown) => {
        await (wasNotSent(error) ? free(claim) : keep(claim, 'unknown'));
        throw error;
      });
      await keep(claim, 'sent');
    } finally {
      limit.end();
    }
  };
}

/** Names the key by its id, by which an operator can free it with `npm run free-key`. */
function keyOf({ id }: Claim): string {
  return `the idempotency key with the id ${id}`;
}

function demandSent(held: Held, claim: Claim, key: IdempotencyKey): false {
  if (held.payload !== claim.payload) {
    throw new InvalidInputError({ issues: [{ path: key.source, message: 'was used for another stanza' }] });
  }
  if (held.state === 'sent') return false;
  if (isAtWork(held, Date.now())) throw new IdempotencyInProgressError();
  const detail = `an earlier call with ${keyOf(claim)} may have sent it, so that this call did not`;
  throw new OutcomeUnknownError({ detail });
}

/** Tells whether an error proves that the server did not accept the stanza. */
function wasNotSent(error: unknown): boolean {
  return error instanceof RostbeefError && !error.leavesOutcomeOpen;
}
