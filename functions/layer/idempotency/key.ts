/** Defines idempotency keys: their sources, their form, and their fingerprints in the table. */
import type { Issue } from '../errors/index.ts';

/**
 * A key that identifies a call when it is repeated.
 *
 * - `idempotencyKey`, `Idempotency-Key`: chosen by the caller, as a member of the input or an HTTP header. Both share one set
 *   of keys, because a call may be repeated by another event source
 * - `messageId`: the id of an SQS message, or of the SNS message in it. SNS may put one message on a queue twice
 * - `event id`: the id of an EventBridge event. It stays the same if a rule puts the event on a queue twice
 *
 * @example
 * const key: IdempotencyKey = { source: 'Idempotency-Key', value: '4a3f6c1e' };
 */
export interface IdempotencyKey {
  readonly source: 'idempotencyKey' | 'Idempotency-Key' | 'messageId' | 'event id';
  readonly value: string;
}

/** The form of a caller's own key: printable ASCII without spaces, because no event source changes these characters. */
export const KEY_FORM = /^[!-~]{1,256}$/;

/** The message of an issue for a key that does not match {@link KEY_FORM}. */
export const KEY_FORM_PROBLEM = 'must be 1 to 256 printable ASCII characters without spaces';

/** Tells whether the caller chose the key, and so relies on it. */
export function isCallersOwn({ source }: IdempotencyKey): boolean {
  return source === 'idempotencyKey' || source === 'Idempotency-Key';
}

/**
 * Returns the issues of a call with two different keys of its caller, because the caller relies on both.
 *
 * @param member the `idempotencyKey` of the input
 * @param delivered the key of the event
 * @example
 * differingKeys('a', { source: 'Idempotency-Key', value: 'b' }).map(({ path }) => path) // ['Idempotency-Key', 'idempotencyKey']
 */
export function differingKeys(member: string | undefined, delivered: IdempotencyKey | undefined): readonly Issue[] {
  const differ = member !== undefined && delivered?.source === 'Idempotency-Key' && delivered.value !== member;
  if (!differ) return [];
  return [
    { path: 'Idempotency-Key', message: 'must equal the member idempotencyKey, if both are given' },
    { path: 'idempotencyKey', message: 'must equal the header Idempotency-Key, if both are given' },
  ];
}

/** Hashes of a key and of the contents that it was used for. */
export interface Fingerprint {
  /** The hash of the key: see {@link keyId}. */
  readonly id: string;
  /** The hash of the contents. */
  readonly payload: string;
}

/** Returns a name for the key that is unique among all methods and sources. */
function nameOf(method: string, key: IdempotencyKey): string {
  const space = isCallersOwn(key) ? 'key' : key.source;
  return JSON.stringify([method, space, key.value]);
}

/**
 * Returns the id of a key's record: a SHA-256 hash, in 43 characters of base64url.
 *
 * The id does not depend on the caller. A repeated call must not send twice, although it has another session of its role, or
 * another event source. If two callers choose the same key, the second is refused, which does less harm.
 *
 * @param method the name of the method
 * @param key the key
 * @example
 * keyId('send_stanza', { source: 'event id', value: '7bf73129-1428-4cd3-a780-95db273d1602' })
 */
export function keyId(method: string, key: IdempotencyKey): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(nameOf(method, key)).digest('base64url');
}

/**
 * Returns the fingerprint of a call. The hash of the contents is an HMAC with the key, which the table does not hold. So
 * a reader of the table can't find the contents by trying texts.
 *
 * @param method the name of the method
 * @param parts the contents that the call would send
 */
export function fingerprint(method: string, key: IdempotencyKey, parts: readonly string[]): Fingerprint {
  const { createHmac } = process.getBuiltinModule('node:crypto');
  const payload = createHmac('sha256', nameOf(method, key)).update(JSON.stringify(parts)).digest('base64url');
  return { id: keyId(method, key), payload };
}
