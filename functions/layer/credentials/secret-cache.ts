/** Caches the current credentials, so that a secret is read once for many calls. */
import { CredentialsUnavailableError } from '../errors/index.ts';
import { type Credentials, parseSecret, sameCredentials } from './secret.ts';
import type { SecretStage, SecretStore } from './secret-store.ts';
import { inTime, sharedRead } from './shared-read.ts';

/** The cached credentials of an execution environment. */
export interface SecretCache {
  /** Starts a read before the first call needs it. If it fails, the next call reads again. */
  prefetch(): void;
  /**
   * The credentials of `AWSCURRENT`, read at most every five minutes.
   *
   * @throws CredentialsUnavailableError if the secret can't be read, and was never read before
   */
  current(signal: AbortSignal): Promise<Credentials>;
  /** Returns the cached credentials if they differ from these. */
  otherThan(credentials: Credentials): Credentials | undefined;
  /** Caches credentials. */
  keep(credentials: Credentials): Credentials;
}

/** Milliseconds that credentials are cached, so that a rotation is seen before a call is refused. */
const CACHE_MS = 5 * 60_000;

/**
 * Makes the cache.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function secretCache(store: SecretStore, now: () => number): SecretCache {
  let cached: { readonly credentials: Credentials; readonly until: number } | undefined;
  let prefetching: Promise<unknown> | undefined;
  const reading = sharedRead<Credentials>();

  const keep = (credentials: Credentials): Credentials => {
    cached = { credentials, until: now() + CACHE_MS };
    return credentials;
  };

  /** Credentials that were read before stay in use while the secret can't be read. */
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

/** The credentials of a stage; `undefined` if the secret has no such stage. */
export async function readStage(store: SecretStore, stage: SecretStage): Promise<Credentials | undefined> {
  const text = await store.read(stage);
  return text === undefined ? undefined : parseSecret(text);
}
