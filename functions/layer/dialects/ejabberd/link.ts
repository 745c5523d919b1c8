/** Links two users on stock ejabberd, which has no command for both sides. */
import { ItemNotFoundError } from '../../errors/index.ts';
import { formatJid, type Jid } from '../../xmpp/jid.ts';
import type { Side } from '../dialect.ts';
import type { Run } from '../run-command.ts';
import { accountExists, rosterOrEmpty } from './accounts.ts';
import { getRoster } from './commands.ts';
import { groupsArgument, groupsOf, type LearnedGroups, refuseSplitGroups, writeEntry } from './groups.ts';
import { clearPending } from './pending-requests.ts';
import { asks, type Entry, entryOf } from './roster-entry.ts';
import { demandWritable, forget, type LearnedRosters } from './writable.ts';
import { begin, type Goal, type Verdict, type Writing, writeVerified } from './write-both-sides.ts';

/** The parts of one call that writes rosters. */
export interface Rosters {
  readonly run: Run;
  readonly groups: LearnedGroups;
  readonly learned: LearnedRosters;
  readonly writing: Writing;
}

/**
 * Links two users. Nothing is written if both sides are right already.
 *
 * @throws ItemNotFoundError if a user does not exist, before anything is written
 * @throws InvalidInputError if the server would split a group, before anything is written
 * @throws PermissionDeniedError, FeatureNotImplementedError if a roster can't be written, before anything is written
 * @throws PartialLinkError if a roster was changed and the link is not known to be complete
 */
export async function link(rosters: Rosters, side1: Side, side2: Side): Promise<void> {
  const { run, groups, learned, writing } = rosters;
  const [exists1, exists2, roster1, roster2] = await Promise.all([
    accountExists(run, side1.owner),
    accountExists(run, side2.owner),
    rosterOrEmpty(run, side1.owner),
    rosterOrEmpty(run, side2.owner),
  ]);
  refuseUnknown([side1.owner, exists1], [side2.owner, exists2]);
  const [entry1, entry2] = [entryOf(roster1, side1.contact), entryOf(roster2, side2.contact)];
  const [verdict1, verdict2] = [judge(side1, entry1), judge(side2, entry2)];
  if (verdict1 === 'right' && verdict2 === 'right') return;

  // group1 is the group of jid1 in the roster of jid2.
  const splitting = { group1: [side2, entry2], group2: [side1, entry1] } as const;
  if ((await groupsArgument(run, side1, groups)) === 'group') refuseSplitGroups(splitting);
  await demandWritable(run, [side1.owner, side2.owner], learned, groups);

  const progress1 = begin(goalOf(rosters, side1), { entry: entry1 });
  const progress2 = begin(goalOf(rosters, side2), { entry: entry2 });
  const isLinked = verdict1 !== 'wrong' && verdict2 !== 'wrong';
  const stale = [
    ...(isLinked && verdict1 === 'right' ? [] : [progress1]),
    ...(isLinked && verdict2 === 'right' ? [] : [progress2]),
  ];
  try {
    if (!isLinked) {
      await clearPending(run, { side: side1, progress: progress1 }, { side: side2, progress: progress2 }, writing);
    }
    await writeVerified([progress1, progress2], stale, writing);
  } catch (error) {
    forget(learned);
    throw error;
  }
}

function goalOf({ run, groups }: Rosters, side: Side): Goal {
  const { owner, contact, nick } = side;
  return {
    write: (known, options) =>
      writeEntry(run, { owner, contact, nick, groups: groupsOf(side, known) }, groups, options),
    // The owner exists, so an owner that is not found leaves the roster unread, and not empty.
    read: async (options) => entryOf(await run(getRoster(owner), options), contact),
    judge: (entry) => judge(side, entry),
    trustsAcknowledgement: false,
  };
}

function judge(side: Side, entry: Entry): Verdict {
  if (entry?.subscription !== 'both' || asks(entry)) return 'wrong';
  const wanted = groupsOf(side, entry);
  const hasGroups = entry.groups.length === wanted.length && wanted.every((group) => entry.groups.includes(group));
  return entry.nick === side.nick && hasGroups ? 'right' : 'other';
}

function refuseUnknown(...users: readonly (readonly [Jid, boolean])[]): void {
  const unknown = users.filter(([, exists]) => !exists).map(([user]) => formatJid(user));
  if (unknown.length > 0) throw new ItemNotFoundError({ detail: unknown.join(', ') });
}
