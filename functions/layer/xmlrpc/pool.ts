/** The connections to one server, of which those that are free are used again. */
import type { Connect, Connection } from './connection.ts';
import { unsentInTime } from './errors.ts';

/** At most so many connections at a time. */
export class ConnectionPool {
  readonly #connect: Connect;
  readonly #most: number;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  /** Who waits, in their order: each gets a connection that is free, or is told that there is room for a new one. */
  readonly #waiting: ((free: Connection | undefined) => void)[] = [];
  /** Those that are open, and those that are about to be. */
  #taken = 0;
  #isDestroyed = false;

  /** @param most the most connections at a time */
  constructor(connect: Connect, most: number) {
    this.#connect = connect;
    this.#most = most;
  }

  /** Whether a connection waits to be used. */
  get hasIdle(): boolean {
    return this.#idle.length > 0;
  }

  /**
   * Takes a connection for oneself, until it is given back or destroyed: the one that was used last, or a new one.
   *
   * @throws TransportError as {@link Connect}; it waits no longer for its turn than for the rest
   */
  async take(signal: AbortSignal): Promise<Connection> {
    let free = this.#idle.pop();
    while (free?.isOpen === false) free = this.#idle.pop();
    if (free === undefined && this.#taken >= this.#most) free = await this.#turn(signal);
    else if (free === undefined) this.#taken += 1;
    if (free !== undefined) return free;
    try {
      const connection = await this.#connect(signal);
      if (this.#isDestroyed) connection.destroy();
      this.#all.add(connection);
      connection.onClose(() => {
        this.#all.delete(connection);
        this.#leave();
      });
      return connection;
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** Gives one back that may carry another exchange. */
  giveBack(connection: Connection): void {
    if (this.#waiting.length === 0) this.#idle.push(connection);
    // What came with the answer, and nobody asked for, shows until then. One that it closes makes room by that.
    else setImmediate(() => connection.isOpen && this.#handOver(connection));
  }

  /** Closes what nobody uses. */
  destroyIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Closes everything, and what is still being opened as soon as it is there. */
  destroy(): void {
    this.#isDestroyed = true;
    for (const connection of this.#all) connection.destroy();
  }

  #turn(signal: AbortSignal): Promise<Connection | undefined> {
    return new Promise((resolve, reject) => {
      const next = (free: Connection | undefined) => {
        signal.removeEventListener('abort', onAbort);
        resolve(free);
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(next), 1);
        reject(unsentInTime());
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(next);
    });
  }

  #handOver(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else next(connection);
  }

  /** There is room for another; who waits for it takes it over. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next(undefined);
  }
}
