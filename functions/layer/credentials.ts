/** ejabberd's credentials: from a secret, cached, and read anew when the server refuses them. */
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
  /** The credentials to use now. */
  current(signal: AbortSignal): Promise<Credentials>;
  /**
   * Other credentials, after the server refused these; `undefined` where there are none.
   *
   * @param rejected what the server refused
   */
  renew(rejected: Credentials, signal: AbortSignal): Promise<Credentials | undefined>;
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
 *
 * @param store reads a stage of the one secret
 * @param now milliseconds of a clock that never goes back
 * @throws CredentialsUnavailableError where the secret can't be read or has not the form `{user, server, password}`;
 *   one read before stays in use while it can't be read anew
 */
export function secretCredentials(store: SecretStore, now: () => number = () => performance.now()): CredentialSource {
  let cached: { readonly credentials: Credentials; readonly until: number } | undefined;
  let forcedReadAt = Number.NEGATIVE_INFINITY;
  const flights = new Map<string, Promise<Credentials | undefined>>();

  const keep = (credentials: Credentials): Credentials => {
    cached = { credentials, until: now() + CACHE_MS };
    return credentials;
  };

  /** One read for all who ask meanwhile; whoever asks gives up at their own signal alone. */
  const once = (key: string, signal: AbortSignal, read: () => Promise<Credentials | undefined>) => {
    let flight = flights.get(key);
    if (flight === undefined) {
      flight = read().finally(() => flights.delete(key));
      flights.set(key, flight);
    }
    return unlessAborted(flight, signal);
  };

  const readStage = async (stage: SecretStage): Promise<Credentials | undefined> => {
    const text = await store.read(stage);
    return text === undefined ? undefined : parseSecret(text);
  };

  const readCurrent = async (): Promise<Credentials> => {
    const credentials = await readStage('AWSCURRENT');
    if (credentials === undefined) throw new CredentialsUnavailableError({ detail: 'the secret has no value yet' });
    return credentials;
  };

  const readOther = async (rejected: Credentials): Promise<Credentials | undefined> => {
    for (const stage of ['AWSCURRENT', 'AWSPENDING'] as const) {
      const found = await readStage(stage);
      if (found !== undefined && !sameCredentials(found, rejected)) return keep(found);
    }
    return undefined;
  };

  return {
    async current(signal) {
      if (cached !== undefined && now() < cached.until) return cached.credentials;
      const stale = cached?.credentials;
      const read = async () => {
        try {
          return keep(await readCurrent());
        } catch (error) {
          if (stale === undefined) throw error;
          return stale;
        }
      };
      const credentials = await once('current', signal, read);
      if (credentials === undefined) throw new CredentialsUnavailableError();
      return credentials;
    },

    async renew(rejected, signal) {
      if (cached !== undefined && !sameCredentials(cached.credentials, rejected)) return cached.credentials;
      const underWay = flights.has('renew');
      if (!underWay && now() - forcedReadAt < FORCED_READ_INTERVAL_MS) return undefined;
      if (!underWay) forcedReadAt = now();
      const renewed = await once('renew', signal, () => readOther(rejected));
      return renewed !== undefined && sameCredentials(renewed, rejected) ? undefined : renewed;
    },
  };
}

/** Names what is missing, never what is there. */
function parseSecret(text: string): Credentials {
  let secret: unknown;
  try {
    secret = JSON.parse(text);
  } catch {
    throw new CredentialsUnavailableError({
      detail: 'the secret is not JSON of the form {"user", "server", "password"}',
    });
  }
  const member = (name: string): string => {
    const value: unknown = typeof secret === 'object' && secret !== null ? Reflect.get(secret, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  const missing = ['user', 'server', 'password'].filter((name) => member(name) === '');
  if (missing.length > 0) {
    throw new CredentialsUnavailableError({
      detail: `the secret lacks ${missing.join(', ')}, each a non-empty string`,
    });
  }
  return { user: member('user'), server: member('server'), password: member('password') };
}

function sameCredentials(one: Credentials, other: Credentials): boolean {
  return one.user === other.user && one.server === other.server && one.password === other.password;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const detail = `reading the secret took too long; where that never ends, ${ENDPOINT_ADVICE}`;
    const abort = () => reject(new CredentialsUnavailableError({ detail }));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
