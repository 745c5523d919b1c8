/** Unlinks two users on stock ejabberd, which has no command for both sides. */
import { ItemNotFoundError } from '../../errors/index.ts';
import { formatJid, type Jid } from '../../xmpp/jid.ts';
import type { Unlinked } from '../dialect.ts';
import { hasRoster, rosterOrEmpty } from './accounts.ts';
import { deleteRosterItem, type Place } from './commands.ts';
import type { Rosters } from './link.ts';
import { entryOf } from './roster-entry.ts';
import { demandRemovable, forget } from './writable.ts';
import { begin, type Goal, type Progress, writeVerified } from './write-both-sides.ts';

/**
 * Unlinks two users. One of them may be gone, because a deleted user leaves entries in other rosters. A user that the
 * authentication back end can't list has a roster too.
 *
 * No roster is read before it is written. Therefore a user can be unlinked even if a roster is too large to be read.
 *
 * @throws ItemNotFoundError if neither user exists, before anything is written
 * @throws PermissionDeniedError, FeatureNotImplementedError if a roster can't be written, before anything is written
 * @throws PartialLinkError if a roster was changed and the unlink is not known to be complete
 */
export async function unlink(rosters: Rosters, jid1: Jid, jid2: Jid): Promise<Unlinked> {
  const { run, learned, writing } = rosters;
  const [exists1, exists2] = await Promise.all([hasRoster(run, jid1), hasRoster(run, jid2)]);
  if (!exists1 && !exists2) throw new ItemNotFoundError({ detail: `${formatJid(jid1)}, ${formatJid(jid2)}` });
  await demandRemovable(run, [...(exists1 ? [jid1] : []), ...(exists2 ? [jid2] : [])], learned);

  const side1 = exists1 ? begin(goalOf(rosters, { owner: jid1, contact: jid2 })) : undefined;
  const side2 = exists2 ? begin(goalOf(rosters, { owner: jid2, contact: jid1 })) : undefined;
  const sides: readonly Progress[] = [side1, side2].filter((side) => side !== undefined);
  try {
    await writeVerified([side1, side2], sides, writing);
  } catch (error) {
    forget(learned);
    throw error;
  }
  return { isUnverified: sides.some(({ reading }) => reading === 'oversized') };
}

function goalOf({ run }: Rosters, place: Place): Goal {
  return {
    write: (_, options) => run(deleteRosterItem(place), options),
    read: async (options) => entryOf(await rosterOrEmpty(run, place.owner, options), place.contact),
    judge: (entry) => (entry === undefined ? 'right' : 'wrong'),
    trustsAcknowledgement: true,
  };
}
