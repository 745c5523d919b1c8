/** How a limit on connections to ejabberd is kept by functions that don't know of each other. */

/** What the limit leaves for each function. */
export interface Shares {
  /** Invocations of one function at a time: its reserved concurrency. */
  readonly reservedConcurrency: number;
  /** Connections of one invocation at a time: `EJABBERD_MAX_CONNECTIONS`. */
  readonly connections: number;
}

/** More than this, one invocation has no use for: it is what a batch of ten records takes. */
const MOST_CONNECTIONS = 10;

/**
 * Divides the connections that ejabberd shall have at most among functions.
 *
 * About as many invocations as connections of each: one invocation with many connections makes a long roster's presences
 * fast, and many invocations with few serve many callers.
 *
 * @param most connections at a time
 * @param functions how many functions share them; at least one connection for each
 * @param reserved connections that others need, such as the doctor's
 * @example
 * divideConnections(300, 7, 2) // { reservedConcurrency: 7, connections: 6 }
 */
export function divideConnections(most: number, functions: number, reserved: number): Shares {
  const each = Math.floor((most - reserved) / functions);
  const connections = Math.min(MOST_CONNECTIONS, Math.floor(Math.sqrt(each)));
  return { connections, reservedConcurrency: Math.floor(each / connections) };
}
