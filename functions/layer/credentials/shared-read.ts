import { CredentialsUnavailableError } from '../errors/index.ts';
import { unlessAborted } from '../shared/deadline.ts';
import { ENDPOINT_ADVICE } from './secret-store.ts';

/** One read that all callers share while it runs. Each caller waits until its own deadline. */
interface SharedRead<T> {
  isRunning(): boolean;
  /**
   * Joins the running read, or starts one.
   *
   * @throws CredentialsUnavailableError as soon as the caller's signal fires
   */
  join(signal: AbortSignal, start: () => Promise<T>): Promise<T>;
}

/** Creates a {@link SharedRead}. */
export function sharedRead<T>(): SharedRead<T> {
  let running: Promise<T> | undefined;
  return {
    isRunning: () => running !== undefined,
    join(signal, start) {
      running ??= start().finally(() => {
        running = undefined;
      });
      return inTime(running, signal);
    },
  };
}

/**
 * Waits for a read of the secret until the signal fires.
 *
 * @throws CredentialsUnavailableError if the signal fires first
 */
export function inTime<T>(reading: Promise<T>, signal: AbortSignal): Promise<T> {
  return unlessAborted(reading, signal, () => {
    const detail = `reading the secret took too long; if this repeats, ${ENDPOINT_ADVICE}`;
    return new CredentialsUnavailableError({ detail });
  });
}
