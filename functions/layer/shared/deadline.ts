import { now } from './clock.ts';

/** The abort reason when the time is over. It is made once, because the default `DOMException` is slow to make. */
const PASSED = new Error('the deadline passed');

/** The abort reason when the caller has already finished. */
export const GIVEN_UP = new Error('the caller has finished');

/**
 * A deadline: a moment, and a signal that fires at it. Call `end` in any case, because it clears the timer.
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
  readonly #controller = new AbortController();
  readonly #at: number;
  readonly #timer: NodeJS.Timeout;
  readonly #unlink: () => void;

  /**
   * @param ms milliseconds from now
   * @param outer a signal that also fires this deadline's signal
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

  /** Fires at the deadline, with `outer`, or at `end`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds until the deadline; never negative. */
  get remainingMs(): number {
    return Math.max(0, this.#at - now());
  }

  /** Clears the timer, and fires the signal with the reason {@link GIVEN_UP} for everything that still waits on it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#unlink();
    this.#controller.abort(GIVEN_UP);
  }
}

/**
 * Settles as the promise does, or rejects as soon as the signal fires.
 *
 * @param error creates the error of the rejection
 * @example
 * await unlessAborted(lookup(host), signal, () => new Error('the deadline passed'));
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal, error: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(error());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
