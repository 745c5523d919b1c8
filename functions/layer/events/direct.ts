import type { EventSource } from './event-source.ts';
import { withinLimit } from './response-limit.ts';

/** Direct invocation: the event is the input. The function returns the result, and throws errors. */
export const directSource: EventSource = {
  name: 'direct',
  read: (input) => ({ input }),
  respond: withinLimit,
  fail: () => undefined,
};
