/** Pools the connections to one server: an `Agent` of Node.js, with a limit on parallel requests. */
import * as http from 'node:http';
import type { Socket } from 'node:net';
import type { Deadline } from '../shared/deadline.ts';
import { unsentInTime } from './errors.ts';

/** The options of a pool. */
interface PoolOptions {
  readonly isTls: boolean;
  /** Whether connections are reused. */
  readonly keepAlive: boolean;
  /** The largest number of parallel requests, and so of connections. */
  readonly maxRequests: number;
}

/** A pool of connections. Each request takes a slot first, and returns it once its connection is idle or closed. */
export interface Pool {
  readonly agent: http.Agent;
  readonly keepAlive: boolean;
  /**
   * Waits for a slot, and then for the event loop to deliver data of idle connections, which closes them.
   *
   * @throws TransportError of the kind `timeout` if the deadline ends first or the pool is destroyed
   */
  take(deadline: Deadline): Promise<void>;
  /** Returns a slot. */
  release(): void;
  /** Closes the connections that no request uses. */
  destroyIdle(): void;
  /** Closes all connections, and refuses new ones. */
  destroy(): void;
}

/**
 * Creates a pool. It opens no connection.
 *
 * @example
 * const pool = createPool({ isTls: false, keepAlive: true, maxRequests: 10 });
 */
export function createPool({ isTls, keepAlive, maxRequests }: PoolOptions): Pool {
  // Loaded on demand, because TLS is a fifth of a cold start.
  const { Agent } = isTls ? process.getBuiltinModule('node:https') : http;
  // The endpoint keeps the TLS session, because several agents share it.
  const agent = new Agent({ keepAlive, maxCachedSessions: 0, ...(keepAlive && { maxFreeSockets: maxRequests }) });
  agent.on('free', guardIdle);
  const idle = (): Socket[] => Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
  const slots = createSlots(maxRequests);
  let isDestroyed = false;
  return {
    agent,
    keepAlive,
    release: slots.release,

    async take(deadline) {
      await slots.take(deadline);
      try {
        let hasIdle = Object.keys(agent.freeSockets).length > 0;
        // A turn of the event loop delivers data that has arrived. The agent removes closed connections one turn later.
        while (hasIdle) {
          await wholeTurn();
          hasIdle = idle().some(({ destroyed }) => destroyed);
        }
        if (deadline.reason !== undefined || isDestroyed) throw unsentInTime();
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

/** Closes an idle connection on data, because unsolicited data must never be read as the next response. */
function guardIdle(socket: Socket): void {
  socket.on('data', destroyThis).on('end', destroyThis);
}

/** Prepares an idle connection for a request. */
export function unguard(socket: Socket): void {
  socket.off('data', destroyThis).off('end', destroyThis);
}

function destroyThis(this: Socket): void {
  this.destroy();
}

/** Waits for a whole turn of the event loop. The first callback can run before the loop polls the sockets. */
function wholeTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/**
 * Limits the parallel requests. All others wait in their order. The agent's own queue is not used, because it reuses a
 * connection at once, before unsolicited data can be noticed.
 */
function createSlots(count: number) {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    async take(deadline: Deadline): Promise<void> {
      if (deadline.reason !== undefined) throw unsentInTime();
      if (free > 0) {
        free -= 1;
        return;
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const next = () => {
        deadline.offEnd(onDeadline);
        resolve();
      };
      const onDeadline = () => {
        waiting.splice(waiting.indexOf(next), 1);
        reject(unsentInTime());
      };
      deadline.onEnd(onDeadline);
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
