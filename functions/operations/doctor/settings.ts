import { type Config, ConfigurationError, readConfig } from 'rostbeef-layer';
import type { Result } from './report.ts';

/** Every problem of the settings at once, by name and without their values. */
export async function checkSettings(environment: Parameters<typeof readConfig>[0]): Promise<Result<Config>> {
  try {
    const value = readConfig(environment);
    return { found: 'complete', value };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = (error.issues ?? []).map(({ path, message }) => `${path} ${message}`);
    return { found: problems.join('; '), mend: 'Set these environment variables.' };
  }
}
