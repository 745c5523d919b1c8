/** Reads the settings of the functions from the environment of a shell. */
import {
  type Environment,
  foreignIssue,
  type Issue,
  isForeign,
  isMisspelt,
  isSettingName,
  parseConfig,
} from 'rostbeef-layer';
import { CommandError } from '../command/errors.ts';

/** The variables of a shell, sorted by their meaning for the functions. */
export interface ShellSettings {
  /** The settings of the functions and the variables of the AWS SDK. Nothing else is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** Misspelt names of settings. */
  readonly issues: readonly Issue[];
  /** A warning for each other name that begins with `EJABBERD_`. */
  readonly warnings: readonly string[];
}

/** The settings are not valid. The message lists every problem by name, and contains no value. */
export class SettingsError extends CommandError {
  override readonly name = 'SettingsError';

  constructor(issues: readonly Issue[]) {
    super(`The settings are not valid:\n${issues.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`);
  }
}

/**
 * Sorts the variables of a shell. A function refuses unknown names, and a shell may have those of other programs. A name within
 * three edits of a setting, or the beginning of one, is an issue. Any other is a warning.
 *
 * @param shell the variables by name
 *
 * @example
 * shellSettings({ EJABBERD_SERVER: 'example.com', EJABBERD_HOME: '/opt/ejabberd' })
 * // issues: EJABBERD_SERVER, warnings: EJABBERD_HOME
 */
export function shellSettings(shell: Environment): ShellSettings {
  const names = Object.keys(shell);
  const passed = names.filter((name) => isSettingName(name) || isOfAwsSdk(name));
  return {
    environment: Object.fromEntries(passed.map((name) => [name, shell[name] ?? ''])),
    issues: names.filter(isMisspelt).map(foreignIssue),
    warnings: names
      .filter((name) => isForeign(name) && !isMisspelt(name))
      .map((name) => `Warning: ${name} is not a setting and is not passed on.`),
  };
}

/**
 * Checks settings as the functions do.
 *
 * @param environment the settings by name
 * @param issues problems that were found before
 * @throws SettingsError that lists these and all other problems
 */
export function demandValid(environment: Environment, issues: readonly Issue[]): void {
  const result = parseConfig(environment);
  const all = [...issues, ...('issues' in result ? result.issues : [])];
  if (all.length > 0) throw new SettingsError(all);
}

/** Lambda itself sets `AWS_LAMBDA_…`, so they are not passed on. */
function isOfAwsSdk(name: string): boolean {
  return /^AWS_(?!LAMBDA_)/.test(name);
}
