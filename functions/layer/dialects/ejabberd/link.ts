/** Links two users on stock ejabberd, which has no command for both sides. */
import { ItemNotFoundError } from '../../errors/index.ts';
import { formatJid, type Jid } from '../../xmpp/jid.ts';
import type { Side } from '../dialect.ts';
import type { Run } from '../run-command.ts';
import { rosterOrEmpty, userExists } from './accounts.ts';
import { getRoster } from './commands.ts';
import {
  groupsArgument,
  groupsOf,
  hasGroups,
  idsOf,
  type LearnedGroups,
  refuseSplitGroups,
  type SideToWrite,
  writeEntry,
} from './groups.ts';
import type { LearnedSharedGroups } from './known-shared-groups.ts';
import { clearPending } from './pending-requests.ts';
import { asks, type Entry, entryOf } from './roster-entry.ts';
import { sharedGroupsOf } from './shared-groups.ts';
import type { ReadVhosts } from './vhosts.ts';
import { demandWritable, forget, type LearnedRosters } from './writable.ts';
import { beginProgress, type Goal, type Verdict, type Writing, writeVerified } from './write-both-sides.ts';

/** The parts of one call that writes rosters. */
export interface Rosters {
  readonly run: Run;
  readonly readVhosts: ReadVhosts;
  readonly groups: LearnedGroups;
  readonly sharedGroups: LearnedSharedGroups;
  readonly learned: LearnedRosters;
  readonly writing: Writing;
}

/**
 * Links two users. Nothing is written if both sides are right already.
 *
 * Contacts of a shared roster group are always written, because `get_roster` does not show whether they are also stored.
 * They then stay linked without the group.
 *
 * All errors except PartialLinkError are thrown before the first entry is written.
 *
 * @throws ItemNotFoundError if either user does not exist
 * @throws InvalidInputError if the server would split a group
 * @throws NotAllowedError if the server would store one side only
 * @throws PermissionDeniedError if the account may not add entries
 * @throws FeatureNotImplementedError if a vhost has no `mod_roster`
 * @throws PartialLinkError if a side is not linked, or could not be verified
 */
export async function link(rosters: Rosters, given1: Side, given2: Side): Promise<void> {
  const { run, groups, learned, writing } = rosters;
  const [exists1, exists2, roster1, roster2] = await Promise.all([
    userExists(run, given1.owner),
    userExists(run, given2.owner),
    rosterOrEmpty(run, given1.owner),
    rosterOrEmpty(run, given2.owner),
  ]);
  refuseUnknown([given1.owner, exists1], [given2.owner, exists2]);
  const [entry1, entry2] = [entryOf(roster1, given1.contact), entryOf(roster2, given2.contact)];
  const [side1, side2] = await Promise.all([withShared(rosters, given1, entry1), withShared(rosters, given2, entry2)]);
  const [verdict1, verdict2] = [judge(side1, entry1), judge(side2, entry2)];
  const isShared = side1.shared.length > 0 || side2.shared.length > 0;
  if (verdict1 === 'right' && verdict2 === 'right' && !isShared) return;

  // group1 is the group of jid1 in the roster of jid2.
  const splitting = { group1: [side2, entry2], group2: [side1, entry1] } as const;
  if ((await groupsArgument(run, side1, groups)) === 'group') refuseSplitGroups(splitting);
  await demandWritable(run, [side1.owner, side2.owner], learned, groups);

  const progress1 = beginProgress(goalOf(rosters, side1), { entry: entry1 });
  const progress2 = beginProgress(goalOf(rosters, side2), { entry: entry2 });
  const isLinked = verdict1 !== 'wrong' && verdict2 !== 'wrong';
  const isKept = (verdict: Verdict) => isLinked && verdict === 'right' && !isShared;
  const stale = [...(isKept(verdict1) ? [] : [progress1]), ...(isKept(verdict2) ? [] : [progress2])];
  try {
    if (!isLinked) {
      await clearPending(run, { side: side1, progress: progress1 }, { side: side2, progress: progress2 }, writing);
    }
    // For contacts of a shared group, ejabberd changes the other roster as well.
    await writeVerified([progress1, progress2], stale, { ...writing, isInTurn: isShared });
  } catch (error) {
    forget(learned);
    throw error;
  }
}

async function withShared({ run, sharedGroups }: Rosters, side: Side, entry: Entry): Promise<SideToWrite> {
  return { ...side, shared: (await sharedGroupsOf(run, side, entry, sharedGroups)) ?? [] };
}

function goalOf({ run, groups }: Rosters, side: SideToWrite): Goal {
  const { owner, contact, nick } = side;
  const key = { owner, contact, nick, sharedGroups: idsOf(side) };
  return {
    write: (known, options) => writeEntry(run, { ...key, groups: groupsOf(side, known) }, groups, options),
    // The owner exists. So an ItemNotFoundError counts as an unread roster, not as an empty one.
    read: async (options) => entryOf(await run(getRoster(owner), options), contact),
    judge: (entry) => judge(side, entry),
    trustsAcknowledgement: false,
  };
}

function judge(side: SideToWrite, entry: Entry): Verdict {
  if (entry?.subscription !== 'both' || asks(entry)) return 'wrong';
  return entry.nick === side.nick && hasGroups(side, entry) ? 'right' : 'other';
}

function refuseUnknown(...users: readonly (readonly [Jid, boolean])[]): void {
  const unknown = users.filter(([, exists]) => !exists).map(([user]) => formatJid(user));
  if (unknown.length > 0) throw new ItemNotFoundError({ detail: unknown.join(', ') });
}
