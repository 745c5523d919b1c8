/**
 * Sends at most once for each idempotency key.
 *
 * An attempt claims the key, makes the last checks, records that it begins to send, sends, and records the outcome.
 * DynamoDB checks and makes each write in one step. Each write after the claim requires the attempt's own id. Therefore the
 * order holds even if writes arrive late or twice:
 *
 * - An attempt sends only after the table has answered that its claim became `sending`.
 * - Another attempt takes over a claim only if it did not become `sending`. After that, the first attempt can't send.
 *
 * Clocks decide only when a lease ends, and so which attempt waits or takes over. They never decide which attempt sends.
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

/** One stanza to send, and its key. */
export interface Sending {
  readonly method: string;
  readonly key: IdempotencyKey;
  /** The parts that identify the stanza. The same key with other parts is refused. */
  readonly parts: readonly string[];
  /** Makes the last checks, which may ask the server. If they fail, nothing is sent and the key is free. */
  admit(signal: AbortSignal): Promise<void>;
  /** @param signal a deadline that leaves time to record the outcome */
  send(signal: AbortSignal): Promise<void>;
}

/**
 * Sends, unless the table says that the stanza was sent before.
 *
 * @throws InvalidInputError if the key was used for another stanza
 * @throws IdempotencyInProgressError while another call with the key is running
 * @throws OutcomeUnknownError if an earlier call may have sent it. It is not sent again while the key is kept
 * @throws IdempotencyStoreUnavailableError if the table can't be used. Nothing was sent
 * @throws the errors of `admit` and `send`
 */
export type Once = (sending: Sending) => Promise<void>;

/** The parts of {@link onceBy}. */
export interface OnceOptions {
  readonly table: Table;
  /** Seconds that a key is kept. */
  readonly ttlSeconds: number;
  /** The deadline of the invocation. */
  readonly deadline: Deadline;
  /** Logs that a key's record could not be written, and why. */
  readonly warn: (message: string) => void;
}

/** Milliseconds that are reserved for recording the outcome. A short deadline gives a fifth of itself. */
const KEEPING_MS = 500;

/** Milliseconds by which a lease outlasts its call, because the clocks of two functions differ. */
const CLOCKS_MS = 1_000;

/** The most tries to claim a key. A key can be freed between a refused claim and the read of its record. */
const CLAIMS = 3;

/** Binds {@link Once} to a table for one invocation. */
export function onceBy({ table, ttlSeconds, deadline, warn }: OnceOptions): Once {
  const newClaim = ({ method, key, parts }: Sending): Claim => ({
    ...fingerprint(method, key, parts),
    attempt: process.getBuiltinModule('node:crypto').randomUUID(),
    leaseEndsAt: Math.ceil(Date.now() + deadline.remainingMs + CLOCKS_MS),
    expiresAt: Math.ceil(Date.now() / 1000) + ttlSeconds,
  });

  /** Resolves to `true` if this call sends, and to `false` if the stanza was sent before. */
  const take = async (claim: Claim, key: IdempotencyKey, signal: AbortSignal): Promise<boolean> => {
    for (let claims = 0; claims < CLAIMS; claims += 1) {
      if (await table.claim(claim, signal)) return true;
      const held = await table.read(claim.id, signal);
      // The response to the first try of this claim was lost, and the SDK repeated it.
      if (held?.attempt === claim.attempt) return true;
      if (held !== undefined && !isAbandoned(held, Date.now())) return demandSent(held, claim, key);
    }
    throw new IdempotencyInProgressError();
  };

  const takeAndBegin = async (claim: Claim, { key, admit }: Sending, signal: AbortSignal): Promise<boolean> => {
    if (!(await take(claim, key, signal))) return false;
    await admit(signal).catch(async (error: unknown) => {
      await free(claim);
      throw error;
    });
    // Another call took over, because this lease was over by its clock.
    if (!(await table.beginSending(claim, signal))) throw new IdempotencyInProgressError();
    return true;
  };

  /** Frees the key if the table fails. A write without a response may be done already, or may still be done. */
  const takeAndBeginOrFree = (claim: Claim, sending: Sending, signal: AbortSignal): Promise<boolean> =>
    takeAndBegin(claim, sending, signal).catch(async (error: unknown) => {
      if (error instanceof IdempotencyStoreUnavailableError) await free(claim);
      throw error;
    });

  const free = (claim: Claim) =>
    attempted(table.free(claim, deadline.signal), `nothing was sent, but ${keyOf(claim)} could not be freed`);
  const keep = (claim: Claim, outcome: 'sent' | 'unknown') =>
    attempted(table.keep(claim, outcome, deadline.signal), `the outcome of ${keyOf(claim)} could not be kept`);

  /** A record that can't be written counts as unknown after its lease. The message of a defect stays out of the log. */
  const attempted = (writing: Promise<void>, failure: string): Promise<void> =>
    writing.catch((error: unknown) => {
      const { message } = error instanceof RostbeefError ? error : new UnexpectedError();
      warn(`${failure}: ${message}`);
    });

  return async (sending) => {
    const claim = newClaim(sending);
    const sendingEnds = new Deadline(deadline.remainingMs - Math.min(KEEPING_MS, deadline.remainingMs / 5));
    try {
      if (!(await takeAndBeginOrFree(claim, sending, sendingEnds.signal))) return;
      await sending.send(sendingEnds.signal).catch(async (error: unknown) => {
        await (wasNotTaken(error) ? free(claim) : keep(claim, 'unknown'));
        throw error;
      });
      await keep(claim, 'sent');
    } finally {
      sendingEnds.end();
    }
  };
}

/** Returns the key's id, with which `npm run free-key` frees it. */
function keyOf({ id }: Claim): string {
  return `the idempotency key with the id ${id}`;
}

function demandSent(held: Held, claim: Claim, key: IdempotencyKey): false {
  if (held.payload !== claim.payload) {
    throw new InvalidInputError({ issues: [{ path: key.source, message: 'was used for another stanza' }] });
  }
  if (held.state === 'sent') return false;
  if (isAtWork(held, Date.now())) throw new IdempotencyInProgressError();
  const detail = `an earlier call may have sent it with ${keyOf(claim)}, so this call did not`;
  throw new OutcomeUnknownError({ detail });
}

/** Tells whether an error proves that the server did not send the stanza. */
function wasNotTaken(error: unknown): boolean {
  return error instanceof RostbeefError && !error.leavesOutcomeOpen;
}
