/** Defines the record of a key in the table, and the transitions that its state allows. */
import type { Fingerprint } from './key.ts';

/**
 * The state of the attempt that holds a key. A record only moves forward.
 *
 * - `claimed`: nothing was sent. Another attempt may take the key over after the lease
 * - `sending`: the stanza may have been sent. No attempt may take the key over
 * - `sent`: ejabberd accepted the stanza
 * - `unknown`: the stanza was sent, but its outcome is unknown
 */
export type State = 'claimed' | 'sending' | 'sent' | 'unknown';

/** An attempt's claim on a key. */
export interface Claim extends Fingerprint {
  /** The id of the attempt: a UUID. */
  readonly attempt: string;
  /** The time in milliseconds since the epoch by which the attempt has ended. */
  readonly leaseEndsAt: number;
  /** The time in seconds since the epoch from which the key may be used again: the table's time to live. */
  readonly expiresAt: number;
}

/** The record of a key, as it is read. */
export type Held = Pick<Claim, 'payload' | 'attempt' | 'leaseEndsAt'> & { readonly state: State };

/** The attributes of a DynamoDB item, in the form of the SDK. */
export type Attributes = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

/**
 * Creates the item of a new claim. The attribute `outcome` holds the state, because `state` is a reserved word of DynamoDB.
 *
 * @example
 * claimItem(claim)['outcome'] // { S: 'claimed' }
 */
export function claimItem({ id, payload, attempt, leaseEndsAt, expiresAt }: Claim) {
  return {
    id: { S: id },
    payload: { S: payload },
    attempt: { S: attempt },
    outcome: { S: 'claimed' satisfies State },
    leaseEndsAt: { N: String(leaseEndsAt) },
    expiresAt: { N: String(expiresAt) },
  };
}

/**
 * Reads an item. An unexpected state counts as `unknown`, so that nothing is sent.
 *
 * @example
 * heldIn({ outcome: { S: 'sent' } }).state // 'sent'
 */
export function heldIn({ payload, attempt, leaseEndsAt, outcome }: Attributes): Held {
  return {
    payload: payload?.S ?? '',
    attempt: attempt?.S ?? '',
    leaseEndsAt: Number(leaseEndsAt?.N ?? 0),
    state: stateOf(outcome?.S),
  };
}

/** Releases before 0.2 wrote `pending` before they sent, and did not mark the beginning of sending. */
function stateOf(outcome: string | undefined): State {
  if (outcome === 'pending') return 'sending';
  return outcome === 'claimed' || outcome === 'sending' || outcome === 'sent' ? outcome : 'unknown';
}

/**
 * Tells whether an attempt with the key is in progress.
 *
 * @param nowMs the time in milliseconds since the epoch
 * @example
 * isAtWork({ ...held, state: 'sending', leaseEndsAt: 2_000 }, 1_999) // true
 */
export function isAtWork({ state, leaseEndsAt }: Pick<Held, 'state' | 'leaseEndsAt'>, nowMs: number): boolean {
  return (state === 'claimed' || state === 'sending') && nowMs < leaseEndsAt;
}

/**
 * Tells whether the key may be taken over, because its attempt ended before it began to send.
 *
 * @param nowMs the time in milliseconds since the epoch
 */
export function isAbandoned(held: Held, nowMs: number): boolean {
  return held.state === 'claimed' && !isAtWork(held, nowMs);
}
