/** Defines idempotency keys: their sources, their form, and the hashes that the table keeps. */
import type { Issue } from '../errors/index.ts';

/**
 * A key that identifies a call, in case the call comes again. Its source is one of these:
 *
 * - `idempotencyKey`, `Idempotency-Key`: the caller's own key, as a member of the input or as an HTTP header. Both share one
 *   set of keys, because a call may be repeated by another event source.
 * - `messageId`: the id of an SQS message. If the queue holds SNS envelopes, the id of the SNS message, because SNS may put
 *   one message on a queue twice.
 * - `event id`: the id of an EventBridge event. It stays the same if a rule puts the event on a queue twice.
 */
export interface IdempotencyKey {
  readonly source: 'idempotencyKey' | 'Idempotency-Key' | 'messageId' | 'event id';
  readonly value: string;
}

/** The form of a caller's own key: printable ASCII without spaces, so that no event source changes it. */
export const KEY_FORM = /^[!-~]{1,256}$/;

/** The problem of a key of another form. */
export const KEY_FORM_PROBLEM = 'must be 1 to 256 printable ASCII characters without spaces';

/** Tells whether the caller chose the key, and relies on it. */
export function isCallersOwn({ source }: IdempotencyKey): boolean {
  return source === 'idempotencyKey' || source === 'Idempotency-Key';
}

/**
 * Returns the issues of a call with two different keys of its caller. Both are refused, because the caller relies on both.
 *
 * @param member the input's `idempotencyKey`
 * @param delivered the key that the event carries
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

/** The hashes of a key and of the call. Neither the key nor the call can be read from them. */
export interface Fingerprint {
  readonly id: string;
  readonly payload: string;
}

/** Names a key uniquely among all methods and sources. */
function nameOf(method: string, key: IdempotencyKey): string {
  const space = isCallersOwn(key) ? 'key' : key.source;
  return JSON.stringify([method, space, key.value]);
}

/**
 * Returns the id of a key's record: a hash in 43 characters of base64url.
 *
 * The caller is not part of it, because a repeated call may come from another session of a role or another event source,
 * and must not send twice. If two callers choose the same key, the second is refused, which does less harm.
 *
 * @param method the method's name
 * @example
 * keyId('send_stanza', { source: 'event id', value: '7bf73129-1428-4cd3-a780-95db273d1602' })
 */
export function keyId(method: string, key: IdempotencyKey): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(nameOf(method, key)).digest('base64url');
}

/**
 * Returns the fingerprint of a call. The key itself is part of the hash, and the table does not hold it. Therefore a reader
 * of the table can't guess texts.
 *
 * @param method the method's name
 * @param parts the parts that the call would send
 */
export function fingerprint(method: string, key: IdempotencyKey, parts: readonly string[]): Fingerprint {
  const { createHmac } = process.getBuiltinModule('node:crypto');
  const payload = createHmac('sha256', nameOf(method, key)).update(JSON.stringify(parts)).digest('base64url');
  return { id: keyId(method, key), payload };
}
