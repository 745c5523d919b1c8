/** Divides a limit on connections to ejabberd among functions. */

/** The share of each function. */
export interface Shares {
  /** Invocations of one function at a time: its reserved concurrency. */
  readonly reservedConcurrency: number;
  /** Connections of one invocation at a time: `EJABBERD_MAX_CONNECTIONS`. */
  readonly connections: number;
}

/** The most connections that one invocation can use: those of a batch of ten records. */
const MOST_CONNECTIONS = 10;

/**
 * Divides the most connections to ejabberd among functions.
 *
 * A function gets about as many invocations as each invocation has connections. Many connections make the presences of a
 * long roster fast, and many invocations serve many callers. A higher limit never gives a function fewer invocations.
 *
 * @param most connections at a time
 * @param functions the number of functions that share them. Each needs at least one connection
 * @param reserved connections for others, such as the doctor
 * @example
 * divideConnections(300, 7, 2) // { reservedConcurrency: 7, connections: 6 }
 */
export function divideConnections(most: number, functions: number, reserved: number): Shares {
  const each = Math.floor((most - reserved) / functions);
  const reservedConcurrency = Math.max(Math.ceil(Math.sqrt(each)), Math.floor(each / MOST_CONNECTIONS));
  return { reservedConcurrency, connections: Math.min(MOST_CONNECTIONS, Math.floor(each / reservedConcurrency)) };
}
