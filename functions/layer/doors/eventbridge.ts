import { InvalidInputError } from '../errors/index.ts';
import type { Door } from './door.ts';
import { withinLimit } from './limit.ts';
import { isObject } from './object.ts';

/**
 * An EventBridge event: the input is its `detail`. Errors are thrown, so that Lambda's asynchronous retries and the
 * function's on-failure destination act.
 */
export const eventbridge: Door = {
  name: 'eventbridge',
  read(event) {
    if (!isObject(event)) throw new InvalidInputError();
    return event['detail'];
  },
  respond: withinLimit,
  fail: () => undefined,
};
