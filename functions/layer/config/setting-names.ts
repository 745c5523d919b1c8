/** Lists the names of the settings, and detects misspelt ones. */

import type { Issue } from '../errors/index.ts';
import { edits } from '../shared/edits.ts';

/** Every setting of the functions, in the order of `docs/settings.md`. */
const SETTING_NAMES = [
  'EJABBERD_URL',
  'EJABBERD_DIALECT',
  'EJABBERD_SECRET_ARN',
  'EJABBERD_CA_PEM',
  'EJABBERD_TIMEOUT_MS',
  'EJABBERD_SERVERS',
  'EJABBERD_SENDERS',
  'EJABBERD_STANZAS',
  'EJABBERD_MAX_STANZA_BYTES',
  'EJABBERD_IDEMPOTENCY_TABLE',
  'EJABBERD_IDEMPOTENCY_TTL_SECONDS',
  'EJABBERD_MAX_CONNECTIONS',
  'EJABBERD_MAX_RESPONSE_BYTES',
  'EJABBERD_METRIC_NAMESPACE',
] as const;

/** The name of a setting. */
export type SettingName = (typeof SETTING_NAMES)[number];

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The names that ejabberd and `ejabberdctl` of releases 13.10 to 26.07 read, because they may be in the same environment.
 * `EJABBERD_MACRO_…` defines a macro of `ejabberd.yml` (24.12 and later).
 */
const NAME_OF_SERVER =
  /^EJABBERD_(?:MACRO_.*|(?:BIN|CONFIG|CSS|DOC|EBIN|IMG|JS|LOG|MSGS|PID|PRIV|SCHEMA|SO)_PATH|BYPASS_WARNINGS|MNESIA_SCHEMA|NO_TIMEOUT|OPTS)$/;

/** The most edits between a misspelt name and a setting. */
const MAX_EDITS = 3;

/**
 * Tells whether a name is the name of a setting.
 *
 * @example
 * isSettingName('EJABBERD_URL') // true
 */
export function isSettingName(name: string): name is SettingName {
  return SETTING_NAMES.some((known) => known === name);
}

/**
 * Returns an issue for each foreign name of an environment. See {@link isForeign}.
 *
 * A function refuses foreign names, because a misspelt setting would be ignored otherwise.
 *
 * @example
 * foreignNames({ EJABBERD_SERVER: 'example.com' })
 * // [{ path: 'EJABBERD_SERVER', message: 'is not a setting; the nearest is EJABBERD_SERVERS: rename it or remove it' }]
 */
export function foreignNames(env: Environment): readonly Issue[] {
  return Object.keys(env).filter(isForeign).map(foreignIssue);
}

/**
 * Tells whether a name is a misspelt setting: up to three edits from one, or its beginning, in upper or lower case.
 *
 * @example
 * isMisspelt('EJABERD_URL') // true
 * isMisspelt('EJABBERD_MAX') // true
 * isMisspelt('EJABBERD_HOME') // false
 */
export function isMisspelt(name: string): boolean {
  if (isSettingName(name) || NAME_OF_SERVER.test(name)) return false;
  const upper = name.toUpperCase();
  return SETTING_NAMES.some((known) => known.startsWith(upper) || edits(known, upper) <= MAX_EDITS);
}

/**
 * Tells whether a name begins with `EJABBERD_`, but neither the functions nor ejabberd read it.
 *
 * @example
 * isForeign('EJABBERD_SERVER') // true
 */
export function isForeign(name: string): boolean {
  return name.startsWith('EJABBERD_') && !isSettingName(name) && !NAME_OF_SERVER.test(name);
}

/**
 * Creates the issue of a foreign name. It holds the nearest setting, and no value.
 *
 * @example
 * foreignIssue('EJABBERD_SERVER').message // 'is not a setting; the nearest is EJABBERD_SERVERS: rename it or remove it'
 */
export function foreignIssue(name: string): Issue {
  return { path: name, message: `is not a setting; the nearest is ${nearestTo(name)}: rename it or remove it` };
}

function nearestTo(name: string): SettingName {
  const upper = name.toUpperCase();
  const begun = SETTING_NAMES.find((known) => known.startsWith(upper));
  return begun ?? SETTING_NAMES.reduce((best, known) => (edits(known, upper) < edits(best, upper) ? known : best));
}
