/** Defines the record of a key, and what its state allows. */
import type { Fingerprint } from './key.ts';

/**
 * The progress of the attempt that holds a key. A record only moves forward.
 *
 * - `claimed`: nothing was sent. Another attempt may take the key over once the lease is over.
 * - `sending`: the stanza may have been sent. No attempt may take the key over.
 * - `sent`: ejabberd took the stanza.
 * - `unknown`: the stanza went out, and its outcome can't be known.
 */
export type State = 'claimed' | 'sending' | 'sent' | 'unknown';

/** An attempt's claim on a key. */
export interface Claim extends Fingerprint {
  /** The id of this attempt. */
  readonly attempt: string;
  /** Milliseconds of the epoch by which the attempt is over. */
  readonly leaseEndsAt: number;
  /** Seconds of the epoch from which the key can be used again: the table's time to live. */
  readonly expiresAt: number;
}

/** The record of a key, as it was read. */
export type Held = Pick<Claim, 'payload' | 'attempt' | 'leaseEndsAt'> & { readonly state: State };

/** The attributes of an item, as the SDK has them. */
export type Attributes = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

/**
 * Returns the item of a new claim. The attribute `outcome` holds the state, because `state` is a reserved word of DynamoDB.
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
 * Reads an item. An item in another form counts as unknown, so that nothing is sent for it.
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

/** Releases before 0.2 wrote `pending` before they sent, and nothing when they began to send. */
function stateOf(outcome: string | undefined): State {
  if (outcome === 'pending') return 'sending';
  return outcome === 'claimed' || outcome === 'sending' || outcome === 'sent' ? outcome : 'unknown';
}

/**
 * Tells whether an attempt is running for the key.
 *
 * @param nowMs milliseconds of the epoch
 * @example
 * isAtWork({ ...held, state: 'sending', leaseEndsAt: 2_000 }, 1_999) // true
 */
export function isAtWork({ state, leaseEndsAt }: Pick<Held, 'state' | 'leaseEndsAt'>, nowMs: number): boolean {
  return (state === 'claimed' || state === 'sending') && nowMs < leaseEndsAt;
}

/**
 * Tells whether another attempt may take the key over: its attempt ended before it began to send.
 *
 * @param nowMs milliseconds of the epoch
 */
export function isAbandoned(held: Held, nowMs: number): boolean {
  return held.state === 'claimed' && !isAtWork(held, nowMs);
}
