import { InvalidInputError } from '../errors/index.ts';
import { isObject } from '../shared/is-object.ts';
import type { Call, EventSource } from './event-source.ts';
import { withinLimit } from './response-limit.ts';

/**
 * Takes EventBridge events, whose `detail` is the input. Errors are thrown, so that Lambda retries the event and then sends
 * it to the function's on-failure destination.
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
 * Reads the call in an EventBridge envelope. The event's id is its key.
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
  const isKnown = typeof id === 'string' && id !== '';
  return { input: detail, ...(isKnown && { key: { source: 'event id', value: id } }) };
}
