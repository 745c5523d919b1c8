/** The settings that the scripts of this project take from the shell that they are started in. */
import {
  type Environment,
  foreignIssue,
  type Issue,
  isForeign,
  isMisspelt,
  isSettingName,
  parseConfig,
} from 'rostbeef-layer';

/** The variables of a shell, sorted by what they are to the functions. */
export interface ShellSettings {
  /** The settings of the functions and the variables of the AWS SDK. Nothing else is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** The names that are misspelt. */
  readonly issues: readonly Issue[];
  /** The other names that begin with `EJABBERD_` and mean nothing here, each as a warning. */
  readonly warnings: readonly string[];
}

/** The settings are wrong. The message lists every problem by name, never with a value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(issues: readonly Issue[]) {
    super(`The settings are not valid:\n${issues.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`);
  }
}

/**
 * Sorts the variables of a shell. A shell may hold names of other programs, which a function would refuse: those
 * that are up to three edits away from a setting, or that a setting begins with, are issues; any other is a warning.
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
 * @param issues problems that were found before
 * @throws SettingsError that lists all of both
 */
export function demandValid(environment: Environment, issues: readonly Issue[]): void {
  const result = parseConfig(environment);
  const all = [...issues, ...('issues' in result ? result.issues : [])];
  if (all.length > 0) throw new SettingsError(all);
}

/** Lambda itself sets `AWS_LAMBDA_…`: those are not passed on. */
function isOfAwsSdk(name: string): boolean {
  return /^AWS_(?!LAMBDA_)/.test(name);
}
