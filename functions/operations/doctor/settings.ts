import { type Config, type Environment, type Issue, parseConfig } from 'rostbeef-layer';
import type { Result } from './report.ts';

/**
 * Checks the settings. The finding names every issue, without values.
 *
 * @param issues other issues of the settings, such as of names that the caller does not pass on
 */
export async function checkSettings(environment: Environment, issues: readonly Issue[] = []): Promise<Result<Config>> {
  const result = parseConfig(environment);
  if ('config' in result && issues.length === 0)
    return { found: `complete; ${stanzasOf(result.config)}`, value: result.config };
  const all = [...issues, ...('issues' in result ? result.issues : [])];
  const problems = all.map(({ path, message }) => `${path} ${message}`);
  return { found: problems.join('; '), fix: 'Correct these environment variables.' };
}

/** Describes the rule for stanzas, because a caller has every right of the senders. */
function stanzasOf({ stanzas, senders }: Config): string {
  if (stanzas === 'users') return 'stanzas go to users only';
  return `EJABBERD_STANZAS=any: callers have every right of the ${senders?.size ?? 0} senders in EJABBERD_SENDERS`;
}
