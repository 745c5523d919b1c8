/** Unlinks two users on stock ejabberd, which has no command for both sides. */
import { ItemNotFoundError, PartialLinkError } from '../../errors/index.ts';
import { formatJid, type Jid } from '../../xmpp/jid.ts';
import { isOversized } from '../command-errors.ts';
import type { Unlinked } from '../dialect.ts';
import { rosterOrEmpty } from './accounts.ts';
import type { EntryKey } from './commands.ts';
import type { Rosters } from './link.ts';
import { refuseShared, withAdvice } from './refuse-shared.ts';
import { removeEntry, removeForeign } from './removal.ts';
import { type Entry, entryInAnySpelling } from './roster-entry.ts';
import { type Standing, standingsOf } from './standing.ts';
import { demandRemovable, forget } from './writable.ts';
import { beginProgress, type Goal, type Progress, writeVerified } from './write-both-sides.ts';

/**
 * Unlinks two users. Sides that are already unlinked stay so. One of the two may be a deleted user, because others keep an
 * entry for it. One may be on no vhost of the server, such as a gateway's contact or a user of another server.
 *
 * The rosters of two local users are read first only if their vhost has shared roster groups. A roster that is too large
 * to be read can be unlinked too.
 *
 * All errors except PartialLinkError are thrown before the first write.
 *
 * @throws ItemNotFoundError if neither exists
 * @throws NotAllowedError if a shared roster group makes them contacts
 * @throws PermissionDeniedError if the account may not remove entries, or not list the vhosts and a JID may be on none
 * @throws FeatureNotImplementedError if a vhost has no `mod_roster`
 * @throws PartialLinkError if a side is still linked, or could not be verified
 */
export async function unlink(rosters: Rosters, jid1: Jid, jid2: Jid): Promise<Unlinked> {
  const { run, learned, writing } = rosters;
  const [standing1, standing2] = await standingsOf(rosters, jid1, jid2);
  if (standing1 !== 'user' && standing2 !== 'user') {
    throw new ItemNotFoundError({ detail: `${formatJid(jid1)}, ${formatJid(jid2)}` });
  }
  const keys = [
    { owner: jid1, contact: jid2 },
    { owner: jid2, contact: jid1 },
  ] as const;
  const mayBeShared = standing1 !== 'foreign' && standing2 !== 'foreign';
  const owned = keys.filter((_, index) => [standing1, standing2][index] === 'user');
  const mayAsk = await refuseShared(run, rosters.sharedGroups, mayBeShared ? owned : []);
  const side1 = standing1 === 'user' ? await beginSide(rosters, keys[0], standing2) : undefined;
  const side2 = standing2 === 'user' ? await beginSide(rosters, keys[1], standing1) : undefined;
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

/** Tells whether the entry is in the roster after an acknowledged removal. */
function isStillThere({ isAcknowledged, reading }: Progress): boolean {
  return isAcknowledged && typeof reading === 'object' && reading.entry !== undefined;
}

/** Reads the roster first for a foreign contact, because its entry is removed in the spelling of the roster. */
async function beginSide(rosters: Rosters, key: EntryKey, standing: Standing): Promise<Progress> {
  if (standing !== 'foreign') return beginProgress(goalOf(rosters, key, removeEntry));
  const goal = goalOf(rosters, key, removeForeign);
  const before = await goal.read({}).then(
    (entry) => ({ entry }),
    (error: unknown) => {
      if (isOversized(error)) return undefined;
      throw error;
    },
  );
  return beginProgress(goal, before);
}

function goalOf({ run }: Rosters, key: EntryKey, remove: typeof removeEntry): Goal {
  return {
    write: (known, options) => remove(run, key, known, options),
    read: async (options): Promise<Entry> =>
      entryInAnySpelling(await rosterOrEmpty(run, key.owner, options), key.contact),
    judge: (entry) => (entry === undefined ? 'right' : 'wrong'),
    trustsAcknowledgement: true,
  };
}
