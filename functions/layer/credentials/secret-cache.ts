/** Caches the current credentials, because many calls use one secret. */
import { CredentialsUnavailableError } from '../errors/index.ts';
import type { Deadline } from '../shared/deadline.ts';
import { type Credentials, parseSecret, sameCredentials } from './secret.ts';
import type { SecretStage, SecretStore } from './secret-store.ts';
import { inTime, sharedRead } from './shared-read.ts';

/** The cache of one container. */
interface SecretCache {
  /** Starts a read before a call needs it. If it fails, the next call reads again. */
  prefetch(): void;
  /**
   * Returns the credentials of `AWSCURRENT`. After five minutes they are read again, while the cached ones stay in use.
   *
   * @throws CredentialsUnavailableError if no credentials are cached, and the secret can't be read before the deadline
   */
  current(deadline: Deadline): Promise<Credentials>;
  /** Returns the cached credentials, if they differ from the given ones. */
  otherThan(credentials: Credentials): Credentials | undefined;
  /** Caches credentials, and returns them. */
  keep(credentials: Credentials): Credentials;
}

/** After this time the secret is read again, so that most rotations are noticed before the server refuses a call. */
const CACHE_MS = 5 * 60_000;

/** The time until the next try, if the secret can't be read again. */
const RETRY_MS = 10_000;

/**
 * Creates a cache.
 *
 * @param now milliseconds of a monotonic clock
 */
export function secretCache(store: SecretStore, now: () => number): SecretCache {
  let cached: { readonly credentials: Credentials; readonly until: number } | undefined;
  let prefetching: Promise<unknown> | undefined;
  /** The number of the newest read, or of the newest credentials that another read found. */
  let newest = 0;
  const reading = sharedRead<Credentials>();

  const keep = (credentials: Credentials): Credentials => {
    newest += 1;
    cached = { credentials, until: now() + CACHE_MS };
    return credentials;
  };

  const read = async (): Promise<Credentials> => {
    newest += 1;
    const number = newest;
    const credentials = await readStage(store, 'AWSCURRENT');
    if (credentials === undefined) throw new CredentialsUnavailableError({ detail: 'the secret has no value yet' });
    // A slow read, such as one that Lambda froze, can end after a newer one.
    return cached !== undefined && number !== newest ? cached.credentials : keep(credentials);
  };

  return {
    keep,
    otherThan: (credentials) =>
      cached === undefined || sameCredentials(cached.credentials, credentials) ? undefined : cached.credentials,
    prefetch() {
      prefetching = read()
        .catch(() => undefined)
        .finally(() => {
          prefetching = undefined;
        });
    },
    async current(deadline) {
      if (prefetching !== undefined) await inTime(prefetching, deadline);
      if (cached === undefined) return reading.join(deadline, read);
      if (now() >= cached.until) {
        cached = { ...cached, until: now() + RETRY_MS };
        // No call waits for this read, because the cached credentials usually still work.
        read().catch(() => undefined);
      }
      return cached.credentials;
    },
  };
}

/** Reads the credentials of a stage; `undefined` if the secret has no such stage. */
export async function readStage(store: SecretStore, stage: SecretStage): Promise<Credentials | undefined> {
  const text = await store.read(stage);
  return text === undefined ? undefined : parseSecret(text);
}
