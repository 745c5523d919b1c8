/** Connections to one server: an `Agent` of Node.js, and a limit on the requests that use it at a time. */
import * as http from 'node:http';
import type { Socket } from 'node:net';
import { unsentInTime } from './errors.ts';

/** How a pool treats its connections. */
export interface PoolOptions {
  readonly isTls: boolean;
  /** Whether connections are used again. */
  readonly keepAlive: boolean;
  /** The most requests, and so the most connections, at a time. */
  readonly most: number;
}

/** A pool of connections. Each request takes a slot first, and returns it once its connection is idle or closed. */
export interface Pool {
  readonly agent: http.Agent;
  readonly keepAlive: boolean;
  /**
   * Waits for a slot, and then until data that has arrived on idle connections was seen.
   *
   * @throws TransportError of the kind `timeout` if the signal fires first, or the pool is destroyed
   */
  take(signal: AbortSignal): Promise<void>;
  /** Returns a slot. */
  release(): void;
  /** Closes the connections that no request uses. */
  destroyIdle(): void;
  /** Closes all connections, and refuses new ones. */
  destroy(): void;
}

/**
 * Creates a pool. Nothing is connected yet.
 *
 * @example
 * const pool = createPool({ isTls: false, keepAlive: true, most: 10 });
 */
export function createPool({ isTls, keepAlive, most }: PoolOptions): Pool {
  // TLS is a fifth of a cold start, so it is loaded only if it is needed.
  const { Agent } = isTls ? process.getBuiltinModule('node:https') : http;
  // The endpoint keeps TLS sessions, because several agents share them.
  const agent = new Agent({ keepAlive, maxCachedSessions: 0, ...(keepAlive && { maxFreeSockets: most }) });
  agent.on('free', guardIdle);
  const idle = (): Socket[] => Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
  const slots = createSlots(most);
  let isDestroyed = false;
  return {
    agent,
    keepAlive,
    release: slots.release,

    async take(signal) {
      await slots.take(signal);
      try {
        let hasIdle = Object.keys(agent.freeSockets).length > 0;
        // A turn of the event loop delivers what has arrived. Closed connections leave the agent a turn later.
        while (hasIdle) {
          await wholeTurn();
          hasIdle = idle().some(({ destroyed }) => destroyed);
        }
        if (signal.aborted || isDestroyed) throw unsentInTime();
      } catch (error) {
        slots.release();
        throw error;
      }
    },

    destroyIdle() {
      for (const socket of idle()) socket.destroy();
    },

    destroy() {
      isDestroyed = true;
      agent.destroy();
    },
  };
}

/** Data on an idle connection is unsolicited. The connection is closed, so that it is never read as the next response. */
function guardIdle(socket: Socket): void {
  socket.on('data', destroyThis).on('end', destroyThis);
}

/** Lets a connection carry a request again. */
export function unguard(socket: Socket): void {
  socket.off('data', destroyThis).off('end', destroyThis);
}

function destroyThis(this: Socket): void {
  this.destroy();
}

/** Waits for a whole turn of the event loop. The first callback can run before the loop has looked at the sockets again. */
function wholeTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/**
 * Limits how many requests run at a time; the others wait in their order. The agent's own queue would hand a connection to
 * the next request at once, before unsolicited data on it can be seen.
 */
function createSlots(most: number) {
  const waiting: (() => void)[] = [];
  let free = most;
  return {
    async take(signal: AbortSignal): Promise<void> {
      if (signal.aborted) throw unsentInTime();
      if (free > 0) {
        free -= 1;
        return;
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const next = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        waiting.splice(waiting.indexOf(next), 1);
        reject(unsentInTime());
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.push(next);
      await promise;
    },

    release(): void {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}
