/** The settings that the functions themselves read, and check. */
import { ConfigurationError, readConfig } from 'rostbeef-layer';
import type { Settings } from './settings.ts';

/** The environment variable that each key of the context becomes. */
const VARIABLES = {
  ejabberdUrl: 'EJABBERD_URL',
  ejabberdDialect: 'EJABBERD_DIALECT',
  ejabberdServers: 'EJABBERD_SERVERS',
  ejabberdSenders: 'EJABBERD_SENDERS',
  ejabberdTimeoutMs: 'EJABBERD_TIMEOUT_MS',
  ejabberdMaxResponseBytes: 'EJABBERD_MAX_RESPONSE_BYTES',
  idempotencyTtlSeconds: 'EJABBERD_IDEMPOTENCY_TTL_SECONDS',
} as const satisfies { readonly [Key in keyof Settings]?: string };

type Key = keyof typeof VARIABLES;
type Given = Readonly<Partial<Record<Key, unknown>>>;

const KEYS = Object.keys(VARIABLES).filter((key): key is Key => key in VARIABLES);

/** The variables for these settings; those that are not set are left out. */
export function functionEnvironment(settings: Given): Record<string, string> {
  return Object.fromEntries(
    KEYS.filter((key) => settings[key] !== undefined).map((key) => [VARIABLES[key], String(settings[key])]),
  );
}

/** What the functions would say of these settings, by the keys of the context: the same check, at synth. */
export function functionProblems(settings: Given): readonly string[] {
  try {
    readConfig(functionEnvironment(settings));
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return (error.issues ?? []).map(({ path, message }) => {
      const key = KEYS.find((candidate) => VARIABLES[candidate] === path) ?? path;
      return `${key}: ${message}`;
    });
  }
}
