/** The settings that the functions themselves read, and check. */
import { parseConfig } from 'rostbeef-layer';
import type { Settings } from './settings.ts';

/** The environment variable that each key of the context becomes. */
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

/** The variables for these settings; those that are not set are left out. */
export function functionEnvironment(settings: Given): Record<string, string> {
  return Object.fromEntries(
    KEYS.filter((key) => settings[key] !== undefined).map((key) => [VARIABLES[key], String(settings[key])]),
  );
}

/** The problems that the functions would find in these settings, by the keys of the context: the same check, at synth. */
export function functionProblems(settings: Given): readonly string[] {
  const result = parseConfig(functionEnvironment(settings));
  if ('config' in result) return [];
  return result.issues.map(({ path, message }) => `${path}: ${message}`).map(withKeys);
}

/** The text with the keys of the context in the place of the variables. */
function withKeys(text: string): string {
  return KEYS.reduce((named, key) => named.replaceAll(VARIABLES[key], key), text);
}
