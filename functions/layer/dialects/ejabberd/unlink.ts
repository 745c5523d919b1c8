/** Unlinks two users on stock ejabberd, which has no command for both sides. */
import { ItemNotFoundError, PartialLinkError } from '../../errors/index.ts';
import { formatJid, type Jid } from '../../xmpp/jid.ts';
import { isOversized } from '../command-errors.ts';
import type { Unlinked } from '../dialect.ts';
import { rosterOrEmpty } from './accounts.ts';
import type { Place } from './commands.ts';
import type { Rosters } from './link.ts';
import { refuseShared, withAdvice } from './refuse-shared.ts';
import { removeEntry, removeForeign } from './removal.ts';
import { type Entry, entryInAnySpelling } from './roster-entry.ts';
import { type Standing, standingsOf } from './standing.ts';
import { demandRemovable, forget } from './writable.ts';
import { begin, type Goal, type Progress, writeVerified } from './write-both-sides.ts';

/**
 * Unlinks two users, as far as they are there. A deleted user leaves entries in the rosters of others, and a user that
 * an authentication back end can't list has a roster. One of the two may be on no vhost of the server: a gateway's
 * contact, or a user of another server.
 *
 * The rosters of two local users are read first only if their vhost has shared roster groups. A roster that is too large
 * to be read can be unlinked too.
 *
 * @throws ItemNotFoundError if neither exists, NotAllowedError if a shared roster group makes them contacts,
 *   PermissionDeniedError or FeatureNotImplementedError if a roster can't be written or a vhost can't be told from
 *   another server, all before anything is written; PartialLinkError
 */
export async function unlink(rosters: Rosters, jid1: Jid, jid2: Jid): Promise<Unlinked> {
  const { run, learned, writing } = rosters;
  const [standing1, standing2] = await standingsOf(rosters, jid1, jid2);
  if (standing1 !== 'user' && standing2 !== 'user') {
    throw new ItemNotFoundError({ detail: `${formatJid(jid1)}, ${formatJid(jid2)}` });
  }
  const places = [
    { owner: jid1, contact: jid2 },
    { owner: jid2, contact: jid1 },
  ] as const;
  const mayBeShared = standing1 !== 'foreign' && standing2 !== 'foreign';
  const owned = places.filter((_, index) => [standing1, standing2][index] === 'user');
  const mayAsk = await refuseShared(run, rosters.sharedGroups, mayBeShared ? owned : []);
  const side1 = standing1 === 'user' ? await beginSide(rosters, places[0], standing2) : undefined;
  const side2 = standing2 === 'user' ? await beginSide(rosters, places[1], standing1) : undefined;
  const sides: readonly Progress[] = [side1, side2].filter((side) => side !== undefined);
  const wrong = sides.filter(({ wasWrong }) => wasWrong !== false);
  if (wrong.length === 0) return { isUnverified: false };
  await demandRemovable(
    run,
    owned.map(({ owner }) => owner),
    learned,
  );
  try {
    await writeVerified([side1, side2], wrong, writing);
  } catch (error) {
    forget(learned);
    throw error instanceof PartialLinkError && sides.some(isStillThere) ? withAdvice(error, mayAsk) : error;
  }
  return { isUnverified: sides.some(({ reading }) => reading === 'oversized') };
}

/** Whether a removal was acknowledged and the entry is there all the same. */
function isStillThere({ isAcknowledged, reading }: Progress): boolean {
  return isAcknowledged && typeof reading === 'object' && reading.entry !== undefined;
}

/** The entry of a foreign contact is removed by its own spelling, so the roster is read first. */
async function beginSide(rosters: Rosters, place: Place, standing: Standing): Promise<Progress> {
  if (standing !== 'foreign') return begin(goalOf(rosters, place, removeEntry));
  const goal = goalOf(rosters, place, removeForeign);
  const before = await goal.read({}).then(
    (entry) => ({ entry }),
    (error: unknown) => {
      if (isOversized(error)) return undefined;
      throw error;
    },
  );
  return begin(goal, before);
}

function goalOf({ run }: Rosters, place: Place, remove: typeof removeEntry): Goal {
  return {
    write: (known, options) => remove(run, place, known, options),
    read: async (options): Promise<Entry> =>
      entryInAnySpelling(await rosterOrEmpty(run, place.owner, options), place.contact),
    judge: (entry) => (entry === undefined ? 'right' : 'wrong'),
    trustsAcknowledgement: true,
  };
}
