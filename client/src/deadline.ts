/** The time of a call. */

/** A running deadline. */
export interface Deadline {
  /** Aborts when the time is over, or with the caller's own signal. */
  readonly signal: AbortSignal;
  /** When the time is over, by `performance.now()`. */
  readonly endsAt: number;
  /** Whether the time is over, and the caller has not ended the call before. */
  hasPassed(): boolean;
  /** Stops the clock, and lets go of the caller's signal. */
  end(): void;
}

/** The longest time of a timer, 24 days. Node.js reads a longer one as 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Starts a deadline.
 *
 * @param ms milliseconds, at most {@link LONGEST_MS}; more is read as that
 * @param outer the caller's own signal
 */
export function startDeadline(ms: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let passed = false;
  const follow = () => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  outer?.addEventListener('abort', follow, { once: true });
  const timer = setTimeout(
    () => {
      passed = !controller.signal.aborted;
      controller.abort(new DOMException('The time of the call is over', 'TimeoutError'));
    },
    Math.min(ms, LONGEST_MS),
  );
  return {
    signal: controller.signal,
    endsAt: performance.now() + ms,
    hasPassed: () => passed,
    end() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', follow);
    },
  };
}
