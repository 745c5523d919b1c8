/** Caches the current credentials, because many calls use one secret. */
import { CredentialsUnavailableError } from '../errors/index.ts';
import { type Credentials, parseSecret, sameCredentials } from './secret.ts';
import type { SecretStage, SecretStore } from './secret-store.ts';
import { inTime, sharedRead } from './shared-read.ts';

/** The cache of one container. */
interface SecretCache {
  /** Starts a read before a call needs it. If it fails, the next call reads again. */
  prefetch(): void;
  /**
   * Returns the credentials of `AWSCURRENT`. They are read at most every five minutes.
   *
   * @throws CredentialsUnavailableError if the secret can't be read, and none is cached
   */
  current(signal: AbortSignal): Promise<Credentials>;
  /** Returns the cached credentials, if they differ from the given ones. */
  otherThan(credentials: Credentials): Credentials | undefined;
  /** Caches credentials, and returns them. */
  keep(credentials: Credentials): Credentials;
}

/** After this time the secret is read again, so that most rotations are noticed before the server refuses a call. */
const CACHE_MS = 5 * 60_000;

/**
 * Creates a cache.
 *
 * @param now milliseconds of a monotonic clock
 */
export function secretCache(store: SecretStore, now: () => number): SecretCache {
  let cached: { readonly credentials: Credentials; readonly until: number } | undefined;
  let prefetching: Promise<unknown> | undefined;
  const reading = sharedRead<Credentials>();

  const keep = (credentials: Credentials): Credentials => {
    cached = { credentials, until: now() + CACHE_MS };
    return credentials;
  };

  /** Reads the secret. If that fails, the cached credentials stay in use. */
  const read = async (): Promise<Credentials> => {
    const stale = cached?.credentials;
    try {
      const credentials = await readStage(store, 'AWSCURRENT');
      if (credentials === undefined) throw new CredentialsUnavailableError({ detail: 'the secret has no value yet' });
      return keep(credentials);
    } catch (error) {
      if (stale === undefined) throw error;
      return stale;
    }
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
    async current(signal) {
      if (prefetching !== undefined) await inTime(prefetching, signal);
      if (cached !== undefined && now() < cached.until) return cached.credentials;
      return reading.join(signal, read);
    },
  };
}

/** Reads the credentials of a stage; `undefined` if the secret has no such stage. */
export async function readStage(store: SecretStore, stage: SecretStage): Promise<Credentials | undefined> {
  const text = await store.read(stage);
  return text === undefined ? undefined : parseSecret(text);
}
