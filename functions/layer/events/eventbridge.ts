import { InvalidInputError } from '../errors/index.ts';
import { isObject } from '../shared/is-object.ts';
import type { Call, EventSource } from './event-source.ts';
import { withinLimit } from './response-limit.ts';

/**
 * An EventBridge event: the input is its `detail`. Errors are thrown, so that Lambda's asynchronous retries and the
 * function's on-failure destination act.
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
 * The call that an EventBridge envelope holds, known by the event's id.
 *
 * @throws InvalidInputError if `detail` is no object
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
