/**
 * Sends at most once a key.
 *
 * An attempt claims the key, makes the last checks, writes that it begins to send, sends, and keeps the outcome. The table checks and makes each
 * write in one step, and all but the claim demand the attempt's own id. So the order holds for writes that come late or
 * twice, and whatever the clocks say:
 *
 * - An attempt sends only after the table has answered that its claim became `sending`.
 * - Another attempt takes over only a claim that did not become `sending`. From then on the first can't begin to send.
 *
 * The clocks decide when a lease is over, and so who waits and who takes over. They don't decide who sends.
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

/** What is to be sent, and what it is known by. */
export interface Sending {
  readonly method: string;
  readonly key: IdempotencyKey;
  /** What tells it from any other: the same key with other parts is refused. */
  readonly parts: readonly string[];
  /** Makes the last checks, which may ask the server. If they fail, nothing is sent and the key is free. */
  admit(signal: AbortSignal): Promise<void>;
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
 * @throws what `admit` or `send` throws
 */
export type Once = (sending: Sending) => Promise<void>;

/** What it takes. */
export interface OnceOptions {
  readonly table: Table;
  /** How long a key is kept. */
  readonly ttlSeconds: number;
  /** The invocation's. */
  readonly deadline: Deadline;
  /** Takes a line for the log: which key's record could not be written, and why. */
  readonly warn: (message: string) => void;
}

/** To keep an outcome in, after the last moment of sending; of a short deadline, a fifth. */
const KEEPING_MS = 500;

/** A lease outlasts its call by more than the clocks of two functions usually differ. */
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

  /** Resolves to whether this call is the one to send; otherwise the stanza was sent. */
  const take = async (claim: Claim, key: IdempotencyKey, signal: AbortSignal): Promise<boolean> => {
    for (let claims = 0; claims < CLAIMS; claims += 1) {
      if (await table.claim(claim, signal)) return true;
      const held = await table.read(claim.id, signal);
      // The answer to our own claim was lost, and the client asked again.
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
    // Another call found our lease over by its clock.
    if (!(await table.beginSending(claim, signal))) throw new IdempotencyInProgressError();
    return true;
  };

  /** Frees the key if the table fails, because a write that was not answered may have been done, or may still be. */
  const takeAndBeginOrFree = (claim: Claim, sending: Sending, signal: AbortSignal): Promise<boolean> =>
    takeAndBegin(claim, sending, signal).catch(async (error: unknown) => {
      if (error instanceof IdempotencyStoreUnavailableError) await free(claim);
      throw error;
    });

  const free = (claim: Claim) =>
    attempted(table.free(claim, deadline.signal), `nothing was sent, but ${keyOf(claim)} could not be freed`);
  const keep = (claim: Claim, outcome: 'sent' | 'unknown') =>
    attempted(table.keep(claim, outcome, deadline.signal), `the outcome of ${keyOf(claim)} could not be kept`);

  /** A key that can't be written becomes unknown when its lease is over. The message of a defect stays out of the log. */
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

/** The name under which an operator can free the key: see `npm run free-key`. */
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

/** Whether an error proves that the server did not take the stanza. */
function wasNotTaken(error: unknown): boolean {
  return error instanceof RostbeefError && !error.leavesOutcomeOpen;
}
