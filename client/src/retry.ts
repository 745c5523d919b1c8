/** Repeats a call that may be repeated: four tries, 100 ms to 5 s apart, with full jitter. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isRostbeefError } from './errors.ts';

/** How often and how fast a call is repeated. */
export interface RetryOptions {
  /** The most times that a call is made. @default 4 */
  readonly tries?: number | undefined;
  /** The longest pause after the first try, in milliseconds. It doubles with every try. @default 100 */
  readonly baseMs?: number | undefined;
  /** The longest pause, in milliseconds. @default 5000 */
  readonly capMs?: number | undefined;
}

interface Attempt {
  readonly signal: AbortSignal;
  /** When the time of the call ends, by `performance.now()`. */
  readonly endsAt: number;
  /** Whether a call that ended in this error may be made again. */
  readonly mayRepeat: (error: unknown) => boolean;
}

/**
 * Makes a call until it succeeds, may not be repeated, or no try or time is left.
 *
 * The pause before a repeat is random, between nothing and a limit that doubles ("full jitter"), and not shorter than
 * `Retry-After`. If the pause does not fit the time that is left, the error is thrown at once.
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  { tries = 4, baseMs = 100, capMs = 5_000 }: RetryOptions,
  { signal, endsAt, mayRepeat }: Attempt,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= tries || signal.aborted || !mayRepeat(error)) throw error;
      const pause = Math.max(jitter(attempt, { baseMs, capMs }), retryAfter(error));
      if (performance.now() + pause >= endsAt) throw error;
      await sleep(pause, undefined, { signal }).catch(() => {
        throw signal.reason;
      });
    }
  }
}

/**
 * The pause after a try in milliseconds: random, between nothing and a limit that doubles with every try.
 *
 * @param attempt the number of the try, from 1
 * @param random from 0 to 1
 */
export function jitter(
  attempt: number,
  { baseMs, capMs }: { readonly baseMs: number; readonly capMs: number },
  random = Math.random(),
): number {
  return random * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}

function retryAfter(error: unknown): number {
  return isRostbeefError(error) ? (error.retryAfterMs ?? 0) : 0;
}
