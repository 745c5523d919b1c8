/** The settings that the functions read from their environment. */
import { parseConfig } from 'rostbeef-layer';
import type { Settings } from './settings.ts';

/** The environment variables of the functions, by the key of the context. */
const VARIABLES = {
  ejabberdUrl: 'EJABBERD_URL',
  ejabberdDialect: 'EJABBERD_DIALECT',
  ejabberdServers: 'EJABBERD_SERVERS',
  ejabberdSenders: 'EJABBERD_SENDERS',
  ejabberdStanzas: 'EJABBERD_STANZAS',
  ejabberdMaxStanzaBytes: 'EJABBERD_MAX_STANZA_BYTES',
  ejabberdTimeoutMs: 'EJABBERD_TIMEOUT_MS',
  ejabberdMaxResponseBytes: 'EJABBERD_MAX_RESPONSE_BYTES',
  idempotencyTtlSeconds: 'EJABBERD_IDEMPOTENCY_TTL_SECONDS',
} as const satisfies { readonly [Key in keyof Settings]?: string };

type Key = keyof typeof VARIABLES;
type Given = Readonly<Partial<Record<Key, unknown>>>;

const KEYS = Object.keys(VARIABLES).filter((key): key is Key => key in VARIABLES);

/**
 * Turns settings into the functions’ environment variables.
 *
 * @param settings those that are `undefined` make no variable
 */
export function functionEnvironment(settings: Given): Record<string, string> {
  return Object.fromEntries(
    KEYS.filter((key) => settings[key] !== undefined).map((key) => [VARIABLES[key], String(settings[key])]),
  );
}

/** Runs the functions’ own check of their settings, and lists its problems by the keys of the context. */
export function functionProblems(settings: Given): readonly string[] {
  const result = parseConfig(functionEnvironment(settings));
  if ('config' in result) return [];
  return result.issues.map(({ path, message }) => `${path}: ${message}`).map(withKeys);
}

/** Replaces the names of variables by the keys of the context. */
function withKeys(text: string): string {
  return KEYS.reduce((named, key) => named.replaceAll(VARIABLES[key], key), text);
}
