/** Reads the settings of the rotation: those of the functions, and the administrator's secret. */
import { type Config, ConfigurationError, type Environment, type Issue, parseConfig } from 'rostbeef-layer';

/** The validated settings. */
export interface Settings extends Pick<Config, 'url' | 'caPem' | 'timeoutMs'> {
  /** The secret of the account that may run `change_password`. It has the form `{user, server, password}` too. */
  readonly adminSecretArn: string;
}

/**
 * Reads and validates the settings.
 *
 * @throws ConfigurationError that lists every issue by the name of the setting, without values
 */
export function readSettings(env: Environment = process.env): Settings {
  const result = parseConfig(env);
  const issues: Issue[] = 'issues' in result ? [...result.issues] : [];
  const config = 'config' in result ? result.config : undefined;
  const adminSecretArn = env['ROTATION_ADMIN_SECRET_ARN'] ?? '';
  if (adminSecretArn === '') {
    const message = 'is required: set it to the secret of an account that may run change_password';
    issues.push({ path: 'ROTATION_ADMIN_SECRET_ARN', message });
  }
  if (config !== undefined && config.dialect !== 'ejabberd') {
    issues.push({ path: 'EJABBERD_DIALECT', message: 'must be "ejabberd": other servers take no credentials' });
  }
  if (config === undefined || issues.length > 0) throw new ConfigurationError({ issues });
  return { url: config.url, caPem: config.caPem, timeoutMs: config.timeoutMs, adminSecretArn };
}
