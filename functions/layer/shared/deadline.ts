import { now } from './clock.ts';

/** Given to signals, for to make a `DOMException` with its stack, as `abort()` does, takes longer than all else here. */
const PASSED = new Error('the deadline passed');

/** The reason of a signal that fires since nobody waits any more. */
export const GIVEN_UP = new Error('what this was for has ended');

/** A moment by which something must have settled, and the signal that fires then. */
export class Deadline {
  /** Milliseconds that it had when it began. */
  readonly totalMs: number;
  readonly #controller = new AbortController();
  readonly #at: number;
  readonly #timer: NodeJS.Timeout;
  readonly #unlink: () => void;

  /**
   * @param ms milliseconds from now
   * @param outer a signal that ends it earlier
   */
  constructor(ms: number, outer?: AbortSignal) {
    const abort = () => this.#controller.abort(outer?.aborted ? outer.reason : PASSED);
    this.totalMs = ms;
    this.#at = now() + ms;
    this.#timer = setTimeout(abort, Math.max(0, ms));
    this.#unlink = () => outer?.removeEventListener('abort', abort);
    if (outer?.aborted) abort();
    else outer?.addEventListener('abort', abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds left; never negative. */
  get remainingMs(): number {
    return Math.max(0, this.#at - now());
  }

  /** Ends it: whatever still waits on the signal is given up, and no timer is left behind. */
  end(): void {
    clearTimeout(this.#timer);
    this.#unlink();
    this.#controller.abort(GIVEN_UP);
  }
}

/**
 * A promise, or an error as soon as the signal fires.
 *
 * @param error makes what it then rejects with
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal, error: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(error());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
