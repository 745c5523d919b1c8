import type { Door } from './door.ts';
import { withinLimit } from './limit.ts';

/** Direct invocation: the event is the input, the result is returned, and errors are thrown. */
export const direct: Door = {
  name: 'direct',
  read: (input) => ({ input }),
  respond: withinLimit,
  fail: () => undefined,
};
