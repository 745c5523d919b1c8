import { InvalidInputError } from '../errors/index.ts';
import { isObject } from '../shared/is-object.ts';
import type { Call, EventSource } from './event-source.ts';
import { withinLimit } from './response-limit.ts';

/**
 * EventBridge: the input is the event's `detail`. Errors are thrown, because Lambda then retries the event and sends it to
 * the on-failure destination at last.
 */
export const eventBridgeSource: EventSource = {
  name: 'eventbridge',
  read(event) {
    if (!isObject(event)) throw new InvalidInputError();
    return callIn(event);
  },
  respond: withinLimit,
  fail: () => undefined,
};

/**
 * Reads the call from an EventBridge event. The event's id becomes the idempotency key.
 *
 * @throws InvalidInputError if `detail` is not an object
 */
export function callIn({ detail, id }: Readonly<Record<string, unknown>>): Call {
  if (!isObject(detail)) {
    const problem = detail === undefined ? 'is required' : 'must be a JSON object';
    throw new InvalidInputError({
      issues: [{ path: 'detail', message: `${problem}, because the input of an EventBridge event is its detail` }],
    });
  }
  const hasId = typeof id === 'string' && id !== '';
  return { input: detail, ...(hasId && { key: { source: 'event id', value: id } }) };
}
