/** Idempotency keys: where they come from, their form, and what the table gets to see of them. */

/**
 * What a call is known by, should it come again.
 *
 * - `idempotencyKey`, `Idempotency-Key`: the caller's own, a member of the input or an HTTP header. They are one: a call
 *   may be repeated through another door.
 * - `messageId`: a message's of SQS
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

/** A key and what it was used for, neither of which can be read out of it. */
export interface Fingerprint {
  readonly id: string;
  readonly payload: string;
}

/**
 * The fingerprint of a call. The payload's is keyed by the key, of which the table holds a hash only: who reads the
 * table can not try out texts.
 *
 * The caller is no part of it. One that comes again under another session of its role, or through another door, must not
 * send twice; where two callers choose the same key, the second is refused, which does less harm.
 *
 * @param parts what the call would send
 */
export function fingerprint(method: string, key: IdempotencyKey, parts: readonly string[]): Fingerprint {
  const space = isCallersOwn(key) ? 'key' : key.source;
  const name = JSON.stringify([method, space, key.value]);
  return {
    id: process.getBuiltinModule('node:crypto').createHash('sha256').update(name).digest('base64url'),
    payload: process
      .getBuiltinModule('node:crypto')
      .createHmac('sha256', name)
      .update(JSON.stringify(parts))
      .digest('base64url'),
  };
}
