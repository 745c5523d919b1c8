/** Refuses to unlink contacts of shared roster groups, or advises what to do if the account may not ask for them. */
import { NotAllowedError, PartialLinkError } from '../../errors/index.ts';
import { isOversized } from '../command-errors.ts';
import type { RosterItem } from '../dialect.ts';
import type { Run } from '../run-command.ts';
import { rosterOrEmpty } from './accounts.ts';
import type { Place } from './commands.ts';
import { hasSharedGroups, type LearnedSharedGroups } from './known-shared-groups.ts';
import { entryOf } from './roster-entry.ts';
import { sharedGroupsOf } from './shared-groups.ts';

/**
 * Refuses what ejabberd would not remove: it would store a contact of a shared group in its place.
 *
 * @returns whether the account may ask for shared groups
 */
export async function refuseShared(
  run: Run,
  sharedGroups: LearnedSharedGroups,
  places: readonly Place[],
): Promise<boolean> {
  const found = await Promise.all(
    places.map(async (place) => {
      const has = await hasSharedGroups(run, place.owner.domain, sharedGroups);
      if (!has) return has === undefined ? undefined : [];
      const roster = await rosterOrEmpty(run, place.owner).catch(emptyIfOversized);
      return sharedGroupsOf(run, place, entryOf(roster, place.contact), sharedGroups);
    }),
  );
  const names = places.flatMap(({ owner }, index) => (found[index] ?? []).map(({ id }) => `${id} of ${owner.domain}`));
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

/** The same error, with what to do about an entry that was removed and is there all the same. */
export function withAdvice({ sides, cause }: PartialLinkError, mayAsk: boolean): PartialLinkError {
  return new PartialLinkError(sides, {
    detail: `repeat the call to complete it; ${mayAsk ? OTHER_SHARED : ALLOW_SHARED}`,
    cause,
  });
}
