/** Gives credentials to calls, and decides what to try if the server refuses them. */
import { setTimeout } from 'node:timers/promises';
import { now as clock } from '../shared/clock.ts';
import { type Credentials, sameCredentials } from './secret.ts';
import { readStage, secretCache } from './secret-cache.ts';
import type { SecretStore } from './secret-store.ts';
import { sharedRead } from './shared-read.ts';

/** The source of a call's credentials. */
export interface CredentialSource {
  /** Starts to read the credentials before the first call needs them. */
  prefetch?(): void;
  /** The credentials to use now. */
  current(signal: AbortSignal): Promise<Credentials>;
  /**
   * Returns other credentials after the server refused some; `undefined` if there are no others.
   *
   * @param rejected the credentials that the server refused
   */
  renew(rejected: Credentials, signal: AbortSignal): Promise<Credentials | undefined>;
  /** Notes that the server accepted these credentials. */
  accepted(credentials: Credentials): void;
}

/** The least milliseconds between forced reads, so that wrong credentials do not cause a storm of reads. */
const FORCED_READ_INTERVAL_MS = 10_000;

/**
 * Reads the credentials from a secret whose stages rotate.
 *
 * In a rotation the server has the new password before `AWSCURRENT` moves to it (Secrets Manager's steps are setSecret,
 * testSecret, finishSecret). Therefore `AWSPENDING` is tried if the server refuses the current credentials.
 *
 * A refusal forces a read. Its result serves every refusal in the ten seconds that follow. If the server accepted the
 * credentials after that read and then refuses them, they have changed. Then the call waits for the next forced read.
 *
 * @param store reads a stage of the secret
 * @param now milliseconds of a clock that never goes back
 * @param pass resolves after so many milliseconds of that clock
 * @throws CredentialsUnavailableError if the secret can't be read or has not the form `{user, server, password}`
 */
export function secretCredentials(
  store: SecretStore,
  now: () => number = clock,
  pass: (ms: number) => Promise<unknown> = (ms) => setTimeout(ms, undefined, { ref: false }),
): CredentialSource {
  const cache = secretCache(store, now);
  const forcedRead = sharedRead<void>();
  let forcedReadAt = Number.NEGATIVE_INFINITY;
  /** The credentials that the last forced read found, in the order to try them. */
  let found: readonly Credentials[] = [];
  /** The credentials that the server accepted since the last forced read. */
  let taken: Credentials | undefined;

  const waitMs = () => forcedReadAt + FORCED_READ_INTERVAL_MS - now();

  const readBothStages = async (rejected: Credentials): Promise<void> => {
    if (waitMs() > 0) await pass(waitMs());
    forcedReadAt = now();
    const read: Credentials[] = [];
    for (const stage of ['AWSCURRENT', 'AWSPENDING'] as const) {
      const credentials = await readStage(store, stage);
      if (credentials === undefined) continue;
      read.push(credentials);
      if (!sameCredentials(credentials, rejected)) break;
    }
    found = read;
    taken = undefined;
  };

  return {
    prefetch: cache.prefetch,
    current: cache.current,

    async renew(rejected, signal) {
      const known = cache.otherThan(rejected);
      if (known !== undefined) return known;
      const hasChanged = taken !== undefined && sameCredentials(taken, rejected);
      if (forcedRead.isRunning() || waitMs() <= 0 || hasChanged) {
        await forcedRead.join(signal, () => readBothStages(rejected));
        // Another call that waited for the same read has cached what it found.
        const renewed = cache.otherThan(rejected);
        if (renewed !== undefined) return renewed;
      }
      const other = found.find((credentials) => !sameCredentials(credentials, rejected));
      return other && cache.keep(other);
    },

    accepted(credentials) {
      if (cache.otherThan(credentials) === undefined) taken = credentials;
    },
  };
}
