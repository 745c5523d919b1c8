import { describeSharedGroup, listSharedGroups, orCrash, type Run, sharedGroupProbes } from 'rostbeef-layer';
import { permissionYaml, type Who } from './advice.ts';
import { type AsAccount, RELOAD, verdictOf } from './commands.ts';
import type { Result } from './report.ts';

/** The most vhosts whose groups are listed. */
const MAX_VHOSTS = 10;

/** The most groups of a vhost that are described. */
const MAX_GROUPS = 5;

/**
 * Checks whether the functions can detect contacts of shared roster groups. The permissions are optional. If the account has
 * none of them, the check does not fail.
 *
 * @param vhosts the vhosts that callers may name
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
    const found = `unknown, because the account may not run ${names.join(', ')}`;
    return { found: `${found}; they are optional. To look: ejabberdctl srg_list ${vhost}`, value: true };
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
    for (const host of vhosts.slice(0, MAX_VHOSTS)) {
      const outcome = await orCrash(run, listSharedGroups(host), host);
      if ('crash' in outcome) parts.push(`${host} has no mod_shared_roster`);
      else parts.push(`${host} has ${await described(run, outcome.answer, host)}`);
    }
    return parts;
  });
  const more = vhosts.length > MAX_VHOSTS ? `; ${vhosts.length - MAX_VHOSTS} more vhosts were not examined` : '';
  return { found: `${found.join('; ')}${more}`, value: true };
}

/** Counts groups, and names those of all users, because their members can't be unlinked. */
async function described(run: Run, groups: readonly string[], host: string): Promise<string> {
  if (groups.length === 0) return 'no groups';
  const names: string[] = [];
  for (const group of groups.slice(0, MAX_GROUPS)) {
    const { id, isForAll, isForOnline } = await run(describeSharedGroup(group, host));
    names.push(isForAll ? `${id} (all users)` : isForOnline ? `${id} (all connected users)` : id);
  }
  const rest = groups.length > MAX_GROUPS ? ', …' : '';
  return `${groups.length === 1 ? 'one group' : `${groups.length} groups`}: ${names.join(', ')}${rest}`;
}
