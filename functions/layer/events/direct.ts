import type { EventSource } from './event-source.ts';
import { withinLimit } from './response-limit.ts';

/** Takes direct invocations: the event is the input, the result is returned, and errors are thrown. */
export const directSource: EventSource = {
  name: 'direct',
  read: (input) => ({ input }),
  respond: withinLimit,
  fail: () => undefined,
};
