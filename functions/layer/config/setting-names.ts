/** Lists the names of the settings, and finds names that are misspelt. */

import type { Issue } from '../errors/index.ts';
import { edits } from '../shared/edits.ts';

/** Every setting of the functions, as README lists them. */
export const SETTING_NAMES = [
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

/** An environment: a value for each name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The names that ejabberd and `ejabberdctl` read, of the releases 13.10 to 26.07. They may stand in the same environment.
 * `EJABBERD_MACRO_…` defines a macro of `ejabberd.yml` (24.12 and later).
 */
const NAME_OF_SERVER =
  /^EJABBERD_(?:MACRO_.*|(?:BIN|CONFIG|CSS|DOC|EBIN|IMG|JS|LOG|MSGS|PID|PRIV|SCHEMA|SO)_PATH|BYPASS_WARNINGS|MNESIA_SCHEMA|NO_TIMEOUT|OPTS)$/;

/** A name with more edits than this is no misspelling. */
const MOST_EDITS = 3;

/** Whether a name is that of a setting. */
export function isSettingName(name: string): name is SettingName {
  return SETTING_NAMES.some((known) => known === name);
}

/**
 * The names that begin with `EJABBERD_` but are neither settings nor names that ejabberd itself reads. A function refuses
 * them, because a misspelt setting must not be a setting that isn't there.
 *
 * @param env an environment of a function, in which nothing else is expected
 * @returns an issue for each name, with the nearest setting and without the value
 * @example
 * foreignNames({ EJABBERD_SERVER: 'example.com' })
 * // [{ path: 'EJABBERD_SERVER', message: 'is not a setting; the nearest is EJABBERD_SERVERS: rename it or remove it' }]
 */
export function foreignNames(env: Environment): readonly Issue[] {
  return Object.keys(env).filter(isForeign).map(foreignIssue);
}

/**
 * Whether a name is one of a setting with up to three edits, in upper or lower case, or the beginning of one.
 *
 * @example
 * isMisspelt('EJABERD_URL') // true
 * isMisspelt('EJABBERD_MAX') // true
 * isMisspelt('EJABBERD_HOME') // false
 */
export function isMisspelt(name: string): boolean {
  if (isSettingName(name) || NAME_OF_SERVER.test(name)) return false;
  const upper = name.toUpperCase();
  return SETTING_NAMES.some((known) => known.startsWith(upper) || edits(known, upper) <= MOST_EDITS);
}

/** Whether a name begins with `EJABBERD_` and means nothing to the functions or to ejabberd. */
export function isForeign(name: string): boolean {
  return name.startsWith('EJABBERD_') && !isSettingName(name) && !NAME_OF_SERVER.test(name);
}

/** The issue of a name that is not a setting. */
export function foreignIssue(name: string): Issue {
  return { path: name, message: `is not a setting; the nearest is ${nearestTo(name)}: rename it or remove it` };
}

function nearestTo(name: string): SettingName {
  const upper = name.toUpperCase();
  const begun = SETTING_NAMES.find((known) => known.startsWith(upper));
  return begun ?? SETTING_NAMES.reduce((best, known) => (edits(known, upper) < edits(best, upper) ? known : best));
}
