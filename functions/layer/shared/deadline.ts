import { now } from './clock.ts';

/** The reason of a deadline whose time is over. It is made once, because an error is slow to make. */
const PASSED = new Error('the deadline passed');

/** The reason of a deadline whose caller has already finished. */
export const GIVEN_UP = new Error('the caller has finished');

/**
 * A deadline: a moment, and the work that stops then. Call `end` in any case, because it clears the timer.
 *
 * Work that waits registers by `onEnd`. An `AbortSignal` is made only on demand, because making and firing one takes a
 * twentieth of a short call.
 *
 * @example
 * const deadline = new Deadline(5_000);
 * try {
 *   await fetch(url, { signal: deadline.signal });
 * } finally {
 *   deadline.end();
 * }
 */
export class Deadline {
  /** Milliseconds from the start to the deadline. */
  readonly totalMs: number;
  readonly #at: number;
  readonly #timer: NodeJS.Timeout;
  readonly #outer: Deadline | undefined;
  readonly #finishWithOuter = () => this.#finish(this.#outer?.reason ?? PASSED);
  readonly #stops = new Set<() => void>();
  #reason: Error | undefined;
  #controller: AbortController | undefined;

  /**
   * @param ms milliseconds from now
   * @param outer a deadline that also ends this one
   */
  constructor(ms: number, outer?: Deadline) {
    this.totalMs = ms;
    this.#at = now() + ms;
    this.#timer = setTimeout(() => this.#finish(PASSED), Math.max(0, ms));
    this.#outer = outer;
    outer?.onEnd(this.#finishWithOuter);
  }

  /** Why the deadline has ended, such as {@link GIVEN_UP}; `undefined` until then. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Milliseconds until the deadline; never negative. */
  get remainingMs(): number {
    return Math.max(0, this.#at - now());
  }

  /** Fires when the deadline ends, for functions of Node.js and of the AWS SDK. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      this.onEnd(() => controller.abort(this.#reason));
    }
    return this.#controller.signal;
  }

  /** Calls a function when the deadline ends: in time, with `outer`, or by `end`. If it has ended, the function is called now. */
  onEnd(stop: () => void): void {
    if (this.#reason === undefined) this.#stops.add(stop);
    else stop();
  }

  /** Removes a function that {@link onEnd} added. */
  offEnd(stop: () => void): void {
    this.#stops.delete(stop);
  }

  /** Clears the timer, and ends the deadline with the reason {@link GIVEN_UP} for everything that still waits on it. */
  end(): void {
    this.#finish(GIVEN_UP);
  }

  #finish(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    clearTimeout(this.#timer);
    this.#outer?.offEnd(this.#finishWithOuter);
    for (const stop of this.#stops) stop();
  }
}

/**
 * Settles as the promise does, or rejects as soon as the deadline ends.
 *
 * @param error creates the error of the rejection
 * @example
 * await unlessEnded(lookup(host), deadline, () => new Error('the deadline passed'));
 */
export function unlessEnded<T>(promise: Promise<T>, deadline: Deadline, error: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(error());
    deadline.onEnd(stop);
    promise.then(resolve, reject).finally(() => deadline.offEnd(stop));
  });
}
