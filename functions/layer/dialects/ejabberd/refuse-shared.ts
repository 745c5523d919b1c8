/** Refuses to unlink contacts of shared roster groups, or adds advice to the error if the groups can't be known. */
import { NotAllowedError, PartialLinkError } from '../../errors/index.ts';
import { isOversized } from '../command-errors.ts';
import type { RosterItem } from '../dialect.ts';
import type { Run } from '../run-command.ts';
import { rosterOrEmpty } from './accounts.ts';
import type { EntryKey } from './commands.ts';
import { hasSharedGroups, type LearnedSharedGroups } from './known-shared-groups.ts';
import { entryOf } from './roster-entry.ts';
import { sharedGroupsOf } from './shared-groups.ts';

/**
 * Refuses to remove contacts of shared groups, because ejabberd would store them instead.
 *
 * @param keys the entries to remove
 * @returns whether the account may read shared groups
 * @throws NotAllowedError that names the groups of every such contact
 */
export async function refuseShared(
  run: Run,
  sharedGroups: LearnedSharedGroups,
  keys: readonly EntryKey[],
): Promise<boolean> {
  const found = await Promise.all(
    keys.map(async (key) => {
      const has = await hasSharedGroups(run, key.owner.domain, sharedGroups);
      if (!has) return has === undefined ? undefined : [];
      const roster = await rosterOrEmpty(run, key.owner).catch(emptyIfOversized);
      return sharedGroupsOf(run, key, entryOf(roster, key.contact), sharedGroups);
    }),
  );
  const names = keys.flatMap(({ owner }, index) => (found[index] ?? []).map(({ id }) => `${id} of ${owner.domain}`));
  if (names.length === 0) return found.every((groups) => groups !== undefined);
  const groups = [...new Set(names)].join(', ');
  const detail = `they are contacts by the shared roster group ${groups}; remove one of them from it, for example by srg_user_del`;
  throw new NotAllowedError({ detail });
}

function emptyIfOversized(error: unknown): readonly RosterItem[] {
  if (isOversized(error)) return [];
  throw error;
}

const ALLOW_SHARED =
  'if a shared roster group makes them contacts, it stays so: allow srg_list, srg_get_info and srg_get_members to the ' +
  'account, so that the group is named before anything is written';

const OTHER_SHARED = 'if it stays so, ejabberd computes the entry, as for a shared roster of LDAP or of another vhost';

/**
 * Adds advice to the error of an entry that is still in the roster after an acknowledged removal.
 *
 * @param mayAsk whether the account may read shared groups
 */
export function withAdvice({ sides, cause }: PartialLinkError, mayAsk: boolean): PartialLinkError {
  return new PartialLinkError(sides, {
    detail: `repeat the call to complete it; ${mayAsk ? OTHER_SHARED : ALLOW_SHARED}`,
    cause,
  });
}
