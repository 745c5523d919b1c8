import { InvalidInputError } from '../errors/index.ts';
import { isObject } from '../shared/is-object.ts';
import type { Call, Door } from './door.ts';
import { withinLimit } from './limit.ts';

/**
 * An EventBridge event: the input is its `detail`. Errors are thrown, so that Lambda's asynchronous retries and the
 * function's on-failure destination act.
 */
export const eventbridge: Door = {
  name: 'eventbridge',
  read(event) {
    if (!isObject(event)) throw new InvalidInputError();
    return callIn(event);
  },
  respond: withinLimit,
  fail: () => undefined,
};

/** The call that an envelope holds, known by the event's id. */
export function callIn({ detail, id }: Readonly<Record<string, unknown>>): Call {
  const isKnown = typeof id === 'string' && id !== '';
  return { input: detail, ...(isKnown && { key: { source: 'event id', value: id } }) };
}
