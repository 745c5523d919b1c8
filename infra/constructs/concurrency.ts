/** The share of each function in a limit on connections to ejabberd. */
export interface Shares {
  /** Invocations of one function at a time: its reserved concurrency. */
  readonly reservedConcurrency: number;
  /** Connections of one invocation at a time: `EJABBERD_MAX_CONNECTIONS`. */
  readonly connections: number;
}

/** An SQS batch has ten records, so an invocation has no use for more connections. */
const MOST_CONNECTIONS = 10;

/**
 * Divides a limit on connections to ejabberd among functions that don't know of each other.
 *
 * A function gets about as many invocations as connections for each of them. Many connections make one batch or one long
 * roster fast, and many invocations serve many callers. A higher limit never lowers either number.
 *
 * @param most connections at a time
 * @param functions number of functions that share the limit
 * @param reserved connections that other functions need, such as the doctor's
 * @throws Error if there is less than one connection for each function, in addition to `reserved`
 * @example
 * divideConnections(300, 7, 2) // { connections: 6, reservedConcurrency: 7 }
 */
export function divideConnections(most: number, functions: number, reserved: number): Shares {
  if (!(most >= functions + reserved)) {
    throw new Error(`expected maxConcurrency of ${functions + reserved} or more, one connection for each function`);
  }
  const each = Math.floor((most - reserved) / functions);
  const connections = Math.min(MOST_CONNECTIONS, Math.floor(Math.sqrt(each)));
  const invocations = Math.floor(each / connections);
  // The next square of connections begins with one invocation more than this one.
  const isSquare = connections < MOST_CONNECTIONS;
  return { connections, reservedConcurrency: isSquare ? Math.min(invocations, connections + 1) : invocations };
}
