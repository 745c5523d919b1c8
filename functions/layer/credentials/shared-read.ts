import { CredentialsUnavailableError } from '../errors/index.ts';
import { type Deadline, unlessEnded } from '../shared/deadline.ts';
import { ENDPOINT_ADVICE } from './secret-store.ts';

/** One read that all callers share while it runs. Each caller waits until its own deadline. */
interface SharedRead<T> {
  isRunning(): boolean;
  /**
   * Joins the running read, or starts one.
   *
   * @throws CredentialsUnavailableError as soon as the caller’s deadline ends
   */
  join(deadline: Deadline, start: () => Promise<T>): Promise<T>;
}

/** Creates a {@link SharedRead}. */
export function sharedRead<T>(): SharedRead<T> {
  let running: Promise<T> | undefined;
  return {
    isRunning: () => running !== undefined,
    join(deadline, start) {
      running ??= start().finally(() => {
        running = undefined;
      });
      return inTime(running, deadline);
    },
  };
}

/**
 * Waits for a read of the secret until the deadline ends.
 *
 * @throws CredentialsUnavailableError if the deadline ends first
 */
export function inTime<T>(reading: Promise<T>, deadline: Deadline): Promise<T> {
  return unlessEnded(reading, deadline, () => {
    const detail = `reading the secret took too long; if this repeats, ${ENDPOINT_ADVICE}`;
    return new CredentialsUnavailableError({ detail });
  });
}
