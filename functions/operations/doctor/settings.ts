import { type Config, type Environment, type Issue, parseConfig } from 'rostbeef-layer';
import type { Result } from './report.ts';

/**
 * Checks the settings, and tells every problem at once, by name and without values.
 *
 * @param issues problems that were found before, such as names that are not passed on
 */
export async function checkSettings(environment: Environment, issues: readonly Issue[] = []): Promise<Result<Config>> {
  const result = parseConfig(environment);
  if ('config' in result && issues.length === 0)
    return { found: `complete; ${stanzasOf(result.config)}`, value: result.config };
  const all = [...issues, ...('issues' in result ? result.issues : [])];
  const problems = all.map(({ path, message }) => `${path} ${message}`);
  return { found: problems.join('; '), fix: 'Correct these environment variables.' };
}

/** Names the rule for stanzas, because a caller can do with a stanza whatever its sender may do. */
function stanzasOf({ stanzas, senders }: Config): string {
  if (stanzas === 'users') return 'stanzas go to users only';
  return `EJABBERD_STANZAS=any: callers have every right of the ${senders?.size ?? 0} senders in EJABBERD_SENDERS`;
}
