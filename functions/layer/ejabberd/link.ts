/** Linking and unlinking, composed of single roster items: stock ejabberd has no command for both sides. */
import type { Deadline } from '../deadline.ts';
import { InvalidInputError, ItemNotFoundError } from '../errors/index.ts';
import { formatJid, type Jid, sameJid } from '../jid.ts';
import { accountExists, hasRoster, rosterOrEmpty } from './accounts.ts';
import { addRosterItem, deleteRosterItem, type GroupsArgument, probeGroupsArgument } from './commands.ts';
import type { RosterItem, Side } from './dialect.ts';
import type { Run } from './runner.ts';
import { demandBoth, type WriteSide, writeSides } from './sides.ts';

/**
 * What one side needs. `replace` is delete and add: `add_rosteritem` alone keeps a pending request, seen on 23.01,
 * 24.12 and 26.07, and one that waits at the receiver is not even shown.
 */
type Plan = 'keep' | 'renew' | 'replace';

/** Learns, once a container, how the server takes groups. */
export type LearnGroupsArgument = (run: Run, side: Side) => Promise<GroupsArgument>;

/** Remembers the answer to {@link probeGroupsArgument}; one that failed is asked again. */
export function groupsArgumentLearner(): LearnGroupsArgument {
  let known: GroupsArgument | undefined;
  return async (run, side) => {
    known ??= await run(probeGroupsArgument(side));
    return known;
  };
}

/**
 * Links two users.
 *
 * @throws ItemNotFoundError where either does not exist, InvalidInputError for a group that the server would split,
 *   both before anything is written; PartialLinkError
 */
export async function link(run: Run, side1: Side, side2: Side, learn: LearnGroupsArgument, deadline: Deadline) {
  const [exists1, exists2, roster1, roster2] = await Promise.all([
    accountExists(run, side1.owner),
    accountExists(run, side2.owner),
    rosterOrEmpty(run, side1.owner),
    rosterOrEmpty(run, side2.owner),
  ]);
  refuseUnknown([side1.owner, exists1], [side2.owner, exists2]);
  const [plan1, plan2] = plans(planOf(side1, roster1), planOf(side2, roster2));
  if (plan1 === 'keep' && plan2 === 'keep') return;

  const argument = await learn(run, side1);
  refuseSplitGroups(argument, side1, side2);
  // Both deletions come before any addition, for each takes back what it can of the other side as well.
  const remove = (side: Side, plan: Plan): WriteSide => (plan === 'replace' ? removal(run, side) : nothing);
  const removed = await writeSides(remove(side1, plan1), remove(side2, plan2), deadline);
  const failed = removed.find(({ error }) => error !== undefined);
  if (failed !== undefined) throw failed.error;

  const add = (side: Side, plan: Plan): WriteSide => (plan === 'keep' ? nothing : addition(run, side, argument));
  demandBoth(await writeSides(add(side1, plan1), add(side2, plan2), deadline));
}

/**
 * Unlinks two users, as far as they are there: a deleted user leaves rows behind in others' rosters, and a user that an
 * authentication back end can't list has a roster all the same.
 *
 * @throws ItemNotFoundError where neither exists; PartialLinkError
 */
export async function unlink(run: Run, jid1: Jid, jid2: Jid, deadline: Deadline): Promise<void> {
  const [exists1, exists2] = await Promise.all([hasRoster(run, jid1), hasRoster(run, jid2)]);
  if (!exists1 && !exists2) throw new ItemNotFoundError({ detail: `${formatJid(jid1)}, ${formatJid(jid2)}` });
  const remove = (owner: Jid, contact: Jid, exists: boolean) => (exists ? removal(run, { owner, contact }) : nothing);
  demandBoth(await writeSides(remove(jid1, jid2, exists1), remove(jid2, jid1, exists2), deadline));
}

const nothing: WriteSide = async () => undefined;

function removal(run: Run, side: Pick<Side, 'owner' | 'contact'>): WriteSide {
  return (options) => run(deleteRosterItem(side), options);
}

function addition(run: Run, side: Side, argument: GroupsArgument): WriteSide {
  return (options) => run(addRosterItem(side, argument), options);
}

function refuseUnknown(...users: readonly (readonly [Jid, boolean])[]): void {
  const unknown = users.filter(([, exists]) => !exists).map(([user]) => formatJid(user));
  if (unknown.length > 0) throw new ItemNotFoundError({ detail: unknown.join(', ') });
}

function planOf({ contact, nick, group }: Side, roster: readonly RosterItem[]): Plan {
  const jid = formatJid(contact);
  const item = roster.find((candidate) => sameJid(candidate.jid, jid));
  if (item === undefined || item.subscription !== 'both' || item.pending !== 'none') return 'replace';
  const sameGroups = item.groups.length === (group === '' ? 0 : 1) && (item.groups[0] ?? '') === group;
  return item.nick === nick && sameGroups ? 'keep' : 'renew';
}

/**
 * Where one side is replaced, so is the other: the deletion takes the subscription from it, and a request that waits
 * there under a subscription that another program wrote is not shown.
 */
function plans(plan1: Plan, plan2: Plan): readonly [Plan, Plan] {
  return plan1 === 'replace' || plan2 === 'replace' ? ['replace', 'replace'] : [plan1, plan2];
}

function refuseSplitGroups(argument: GroupsArgument, side1: Side, side2: Side): void {
  if (argument === 'groups') return;
  // group1 is the group that jid1 gets, in the roster of jid2.
  const issues = Object.entries({ group1: side2.group, group2: side1.group })
    .filter(([, group]) => group.includes(';'))
    .map(([path]) => ({ path, message: 'must not hold ";": this ejabberd, older than 24.02, splits groups there' }));
  if (issues.length > 0) throw new InvalidInputError({ issues });
}
