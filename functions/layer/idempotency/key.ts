/** Idempotency keys: where they come from, their form, and what the table gets to see of them. */
import type { Issue } from '../errors/index.ts';

/**
 * What a call is known by, should it come again.
 *
 * - `idempotencyKey`, `Idempotency-Key`: the caller's own, a member of the input or an HTTP header. They are one: a call
 *   may be repeated through another door.
 * - `messageId`: a message's of SQS, or of SNS if the queue holds its envelope: SNS may put one on a queue twice
 * - `event id`: an event's of EventBridge; it stays the same where a rule puts the event on a queue twice
 */
export interface IdempotencyKey {
  readonly source: 'idempotencyKey' | 'Idempotency-Key' | 'messageId' | 'event id';
  readonly value: string;
}

/** The form of a caller's own key: printable ASCII without spaces, so that no door changes it on its way. */
export const KEY_FORM = /^[!-~]{1,256}$/;

/** What is wrong with a key of another form. */
export const KEY_FORM_PROBLEM = 'must be 1 to 256 printable ASCII characters without spaces';

/** Whether the caller chose it, and so relies on it. */
export function isCallersOwn({ source }: IdempotencyKey): boolean {
  return source === 'idempotencyKey' || source === 'Idempotency-Key';
}

/**
 * The issues of a call that has two keys of its caller, which differ. Neither is the right one: the caller would rely on both.
 *
 * @param member the input's `idempotencyKey`
 * @param delivered the key that the door knows the call by
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

/** A key and what it was used for, neither of which can be read out of it. */
export interface Fingerprint {
  readonly id: string;
  readonly payload: string;
}

/** The name of a key among those of all methods and sources. */
function nameOf(method: string, key: IdempotencyKey): string {
  const space = isCallersOwn(key) ? 'key' : key.source;
  return JSON.stringify([method, space, key.value]);
}

/**
 * The id of a key's record: a hash, in 43 characters of base64url.
 *
 * The caller is no part of it. A call that comes again under another session of its role, or through another door, must not
 * send twice. If two callers choose the same key, the second is refused, which does less harm.
 *
 * @param method the method's name
 * @example
 * keyId('send_stanza', { source: 'event id', value: '7bf73129-1428-4cd3-a780-95db273d1602' })
 */
export function keyId(method: string, key: IdempotencyKey): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(nameOf(method, key)).digest('base64url');
}

/**
 * The fingerprint of a call. The payload's is keyed by the key, of which the table holds only a hash: a reader of the
 * table can't try out texts.
 *
 * @param method the method's name
 * @param parts what the call would send
 */
export function fingerprint(method: string, key: IdempotencyKey, parts: readonly string[]): Fingerprint {
  const { createHmac } = process.getBuiltinModule('node:crypto');
  const payload = createHmac('sha256', nameOf(method, key)).update(JSON.stringify(parts)).digest('base64url');
  return { id: keyId(method, key), payload };
}
