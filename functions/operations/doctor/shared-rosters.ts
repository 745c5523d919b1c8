import { listSharedGroups, orCrash, sharedGroupProbes } from 'rostbeef-layer';
import { permissionYaml, type Who } from './advice.ts';
import { type AsAccount, RELOAD, verdictOf } from './commands.ts';
import type { Result } from './report.ts';

/** The most vhosts whose groups are listed. */
const MOST_VHOSTS = 10;

/**
 * Checks whether the functions can tell contacts of shared roster groups. The permissions are optional, so it is no
 * failure if all of them are missing.
 *
 * @param vhosts those that callers may name
 * @param required the commands that the account needs in any case
 */
export async function checkSharedRosters(
  asAccount: AsAccount,
  who: Who,
  vhosts: readonly string[],
  required: readonly string[],
): Promise<Result<true>> {
  const [vhost] = vhosts;
  if (vhost === undefined) return { found: 'not examined, because callers may name no vhost', value: true };
  const probes = sharedGroupProbes(vhost);
  const refused = await asAccount(async (run) => {
    const names: string[] = [];
    for (const probe of probes) if ((await verdictOf(run, probe)) === 'refused') names.push(probe.name);
    return names;
  });
  const names = probes.map(({ name }) => name);
  if (refused.length === probes.length) {
    return { found: `unknown, because the account may not run ${names.join(', ')}; they are optional`, value: true };
  }
  if (refused.length > 0) {
    return {
      found: `unknown, because the account may not run ${refused.join(', ')}`,
      fix: `Give the account all of ${names.join(', ')}, or none, ${RELOAD}`,
      yaml: permissionYaml(who, [...required, ...names].sort()),
    };
  }
  const found = await asAccount(async (run) => {
    const parts: string[] = [];
    for (const host of vhosts.slice(0, MOST_VHOSTS)) {
      const outcome = await orCrash(run, listSharedGroups(host), host);
      parts.push('crash' in outcome ? `${host} has no mod_shared_roster` : `${host} has ${count(outcome.answer)}`);
    }
    return parts;
  });
  const more = vhosts.length > MOST_VHOSTS ? `; ${vhosts.length - MOST_VHOSTS} more vhosts were not examined` : '';
  return { found: `${found.join('; ')}${more}`, value: true };
}

function count(groups: readonly string[]): string {
  if (groups.length === 0) return 'no groups';
  return groups.length === 1 ? 'one group' : `${groups.length} groups`;
}
