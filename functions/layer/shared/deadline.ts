import { now } from './clock.ts';

/** The abort reason of a deadline that passed. It is made once, because a `DOMException` with its stack is slow to make. */
const PASSED = new Error('the deadline passed');

/** The abort reason of a call that the caller has finished already. */
export const GIVEN_UP = new Error('what this was for has ended');

/** A deadline with an `AbortSignal` that fires when it passes. */
export class Deadline {
  /** Milliseconds from the start to the deadline. */
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

  /** Milliseconds until the deadline; 0 after it. */
  get remainingMs(): number {
    return Math.max(0, this.#at - now());
  }

  /** Ends the deadline early. Its signal fires for everything that still waits, and its timer is cleared. */
  end(): void {
    clearTimeout(this.#timer);
    this.#unlink();
    this.#controller.abort(GIVEN_UP);
  }
}

/**
 * Settles as the promise does, but rejects as soon as the signal fires.
 *
 * @param error makes the error for that
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal, error: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(error());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
