/** Provides the credentials of calls, and renews them if the server refuses them. */
import { setTimeout } from 'node:timers/promises';
import { now as clock } from '../shared/clock.ts';
import type { Deadline } from '../shared/deadline.ts';
import { type Credentials, sameCredentials } from './secret.ts';
import { readStage, secretCache } from './secret-cache.ts';
import type { SecretStore } from './secret-store.ts';
import { sharedRead } from './shared-read.ts';

/** The source of the credentials that calls carry. */
export interface CredentialSource {
  /** Starts reading the credentials before a call needs them. */
  prefetch?(): void;
  /**
   * Returns the current credentials.
   *
   * @throws CredentialsUnavailableError if they can't be read before the deadline
   */
  current(deadline: Deadline): Promise<Credentials>;
  /**
   * Returns other credentials after the server refused some; `undefined` if there are no others.
   *
   * @param rejected the credentials that the server refused
   * @throws CredentialsUnavailableError if they can't be read before the deadline
   */
  renew(rejected: Credentials, deadline: Deadline): Promise<Credentials | undefined>;
  /** Reports that the server accepted credentials. */
  accepted(credentials: Credentials): void;
}

/** The least time between two forced reads, because calls with wrong credentials must not cause a storm of reads. */
const FORCED_READ_INTERVAL_MS = 10_000;

/**
 * Creates a source that reads the credentials from a secret, also while the secret rotates.
 *
 * During a rotation, the server has the new password before `AWSCURRENT` moves to it: setSecret runs before finishSecret. If
 * the server refuses the current credentials, `renew` reads both stages and returns those of `AWSPENDING`.
 *
 * A refusal forces a read, whose result serves all refusals of the next ten seconds. If the server accepted credentials
 * since that read and then refuses them, they have changed. The call then waits for the next forced read.
 *
 * @param store reads a stage of the secret
 * @param now milliseconds of a monotonic clock
 * @param pass resolves after a number of milliseconds of that clock
 * @example
 * const source = secretCredentials(secretsManagerStore(secretArn));
 * const { user } = await source.current(new Deadline(5_000));
 */
export function secretCredentials(
  store: SecretStore,
  now: () => number = clock,
  pass: (ms: number) => Promise<unknown> = (ms) => setTimeout(ms, undefined, { ref: false }),
): CredentialSource {
  const cache = secretCache(store, now);
  const forcedRead = sharedRead<void>();
  let forcedReadAt = Number.NEGATIVE_INFINITY;
  /** The credentials of the last forced read, in the order in which to try them. */
  let found: readonly Credentials[] = [];
  /** The credentials that the server accepted since the last forced read. */
  let accepted: Credentials | undefined;

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
    accepted = undefined;
  };

  return {
    prefetch: cache.prefetch,
    current: cache.current,

    async renew(rejected, deadline) {
      const known = cache.otherThan(rejected);
      if (known !== undefined) return known;
      const hasChanged = accepted !== undefined && sameCredentials(accepted, rejected);
      if (forcedRead.isRunning() || waitMs() <= 0 || hasChanged) {
        await forcedRead.join(deadline, () => readBothStages(rejected));
        // Another call that waited for the same read may have cached its result.
        const renewed = cache.otherThan(rejected);
        if (renewed !== undefined) return renewed;
      }
      const other = found.find((credentials) => !sameCredentials(credentials, rejected));
      return other && cache.keep(other);
    },

    accepted(credentials) {
      if (cache.otherThan(credentials) === undefined) accepted = credentials;
    },
  };
}
