/** ejabberd's credentials: from a secret, cached, and read anew when the server refuses them. */

import { setTimeout } from 'node:timers/promises';
import { now as clock } from './clock.ts';
import { unlessAborted } from './deadline.ts';
import { CredentialsUnavailableError } from './errors/index.ts';
import { ENDPOINT_ADVICE, type SecretStage, type SecretStore } from './secret-store.ts';

/** The account that the commands run as: what the secret holds as JSON. */
export interface Credentials {
  readonly user: string;
  readonly server: string;
  readonly password: string;
}

/** Where a call gets its credentials. */
export interface CredentialSource {
  /** Begins to read them, while there is nothing to use them for yet. What fails is read again by who needs it. */
  prefetch?(): void;
  /** The credentials to use now. */
  current(signal: AbortSignal): Promise<Credentials>;
  /**
   * Other credentials, after the server refused these; `undefined` where there are none.
   *
   * @param rejected what the server refused
   */
  renew(rejected: Credentials, signal: AbortSignal): Promise<Credentials | undefined>;
  /** Tells that the server took these: a refusal that follows is news. */
  accepted(credentials: Credentials): void;
}

/** Secrets Manager's client caches for five minutes as well, so that a rotation is seen without a refused call. */
const CACHE_MS = 5 * 60_000;

/** Wrong credentials must not become a storm of reads: one forced read in this time. */
const FORCED_READ_INTERVAL_MS = 10_000;

/**
 * Reads the credentials from a secret whose stages rotate.
 *
 * In a rotation the server has the new password before `AWSCURRENT` moves to it (Secrets Manager's steps are
 * setSecret, testSecret, finishSecret): refused credentials that are still current give way to `AWSPENDING`.
 * What a forced read saw serves until the next one is due: what is refused meanwhile gives way to the other stage.
 * But credentials that the server took since that read and then refuses have changed since: they wait for the next.
 *
 * @param store reads a stage of the one secret
 * @param now milliseconds of a clock that never goes back
 * @param pass lets milliseconds of that clock pass
 * @throws CredentialsUnavailableError where the secret can't be read or has not the form `{user, server, password}`;
 *   one read before stays in use while it can't be read anew
 */
export function secretCredentials(
  store: SecretStore,
  now: () => number = clock,
  pass: (ms: number) => Promise<unknown> = (ms) => setTimeout(ms, undefined, { ref: false }),
): CredentialSource {
  let cached: { readonly credentials: Credentials; readonly until: number } | undefined;
  /** Whether the server took the cached ones since the last forced read. */
  let taken = false;
  let seen: readonly Credentials[] = [];
  let forcedReadAt = Number.NEGATIVE_INFINITY;
  let prefetched: Promise<unknown> | undefined;
  const readingCurrent = sharedFlight<Credentials>();
  const readingAnew = sharedFlight<void>();

  const isCached = (credentials: Credentials) =>
    cached !== undefined && sameCredentials(cached.credentials, credentials);

  const keep = (credentials: Credentials): Credentials => {
    taken &&= isCached(credentials);
    cached = { credentials, until: now() + CACHE_MS };
    return credentials;
  };

  const readStage = async (stage: SecretStage): Promise<Credentials | undefined> => {
    const text = await store.read(stage);
    return text === undefined ? undefined : parseSecret(text);
  };

  const readCurrent = async (): Promise<Credentials> => {
    const stale = cached?.credentials;
    try {
      const credentials = await readStage('AWSCURRENT');
      if (credentials === undefined) throw new CredentialsUnavailableError({ detail: 'the secret has no value yet' });
      return keep(credentials);
    } catch (error) {
      if (stale === undefined) throw error;
      return stale;
    }
  };

  const msUntilDue = () => forcedReadAt + FORCED_READ_INTERVAL_MS - now();

  const readAnew = async (rejected: Credentials): Promise<void> => {
    if (msUntilDue() > 0) await pass(msUntilDue());
    forcedReadAt = now();
    const found: Credentials[] = [];
    for (const stage of ['AWSCURRENT', 'AWSPENDING'] as const) {
      const credentials = await readStage(stage);
      if (credentials === undefined) continue;
      found.push(credentials);
      if (!sameCredentials(credentials, rejected)) break;
    }
    seen = found;
    taken = false;
  };

  return {
    prefetch() {
      prefetched = readCurrent()
        .catch(() => undefined)
        .finally(() => {
          prefetched = undefined;
        });
    },

    async current(signal) {
      if (prefetched !== undefined) await unlessAborted(prefetched, signal, tooLate);
      if (cached !== undefined && now() < cached.until) return cached.credentials;
      return readingCurrent.join(signal, readCurrent);
    },

    async renew(rejected, signal) {
      if (cached !== undefined && !isCached(rejected)) return cached.credentials;
      if (readingAnew.isUnderWay() || msUntilDue() <= 0 || taken) {
        await readingAnew.join(signal, () => readAnew(rejected));
        // Another call that waited for the same read has kept what it found.
        if (cached !== undefined && !isCached(rejected)) return cached.credentials;
      }
      const other = seen.find((credentials) => !sameCredentials(credentials, rejected));
      return other && keep(other);
    },

    accepted(credentials) {
      if (isCached(credentials)) taken = true;
    },
  };
}

/** One read for all who ask meanwhile; whoever asks gives up at their own signal alone. */
function sharedFlight<T>() {
  let flight: Promise<T> | undefined;
  return {
    isUnderWay: () => flight !== undefined,
    join(signal: AbortSignal, start: () => Promise<T>): Promise<T> {
      flight ??= start().finally(() => {
        flight = undefined;
      });
      return unlessAborted(flight, signal, tooLate);
    },
  };
}

/**
 * Reads a secret's text.
 *
 * @param name what an error calls it
 * @throws CredentialsUnavailableError that names what is missing, never what is there
 */
export function parseSecret(text: string, name = 'the secret'): Credentials {
  let secret: unknown;
  try {
    secret = JSON.parse(text);
  } catch {
    throw new CredentialsUnavailableError({ detail: `${name} is not JSON of the form {"user", "server", "password"}` });
  }
  const member = (key: string): string => {
    const value: unknown = typeof secret === 'object' && secret !== null ? Reflect.get(secret, key) : undefined;
    return typeof value === 'string' ? value : '';
  };
  const missing = ['user', 'server', 'password'].filter((key) => member(key) === '');
  if (missing.length > 0) {
    throw new CredentialsUnavailableError({ detail: `${name} lacks ${missing.join(', ')}, each a non-empty string` });
  }
  return { user: member('user'), server: member('server'), password: member('password') };
}

function sameCredentials(one: Credentials, other: Credentials): boolean {
  return one.user === other.user && one.server === other.server && one.password === other.password;
}

function tooLate(): CredentialsUnavailableError {
  const detail = `reading the secret took too long; where that never ends, ${ENDPOINT_ADVICE}`;
  return new CredentialsUnavailableError({ detail });
}
