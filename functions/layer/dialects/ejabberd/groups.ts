/** Writes entries in the form in which the server takes groups, which differs by release. */
import { InvalidInputError, NotAllowedError, RostbeefError } from '../../errors/index.ts';
import type { Side } from '../dialect.ts';
import type { Run, RunOptions } from '../run-command.ts';
import {
  addRosterItem,
  type EntryToWrite,
  type GroupsArgument,
  isOneGroup,
  type Place,
  probeGroupsArgument,
} from './commands.ts';
import type { Entry } from './roster-entry.ts';
import type { SharedGroup } from './shared-group-commands.ts';

/** The learned form of groups. An upgrade, or another node of a cluster, makes it wrong. */
export interface LearnedGroups {
  argument: GroupsArgument | undefined;
}

/** One side of a link, and the shared roster groups that put the contact into the owner's roster. */
export interface SideToWrite extends Side {
  readonly shared: readonly SharedGroup[];
}

/** The codes for an argument that is missing and for one that is unknown. ejabberd checks both before it runs a command. */
const WRONG_ARGUMENTS: readonly (number | undefined)[] = [-116, -120];

/** How often a write is repeated in the form that the server asks for. Each node of a cluster may want another. */
const MOST_TRIES = 4;

/** How the server takes groups. It is asked once in an execution environment, and again after it refused the form. */
export async function groupsArgument(run: Run, place: Place, learned: LearnedGroups, options: RunOptions = {}) {
  learned.argument ??= await run(probeGroupsArgument(place), options);
  return learned.argument;
}

/**
 * Writes an entry.
 *
 * @throws InvalidInputError if the server would split a group, NotAllowedError if it would store one side only, both
 *   before anything is written
 */
export async function writeEntry(run: Run, entry: EntryToWrite, learned: LearnedGroups, options: RunOptions = {}) {
  for (let tries = 1; ; tries += 1) {
    const argument = await groupsArgument(run, entry, learned, options);
    if (argument === 'group' && !entry.groups.every(isOneGroup)) throw new InvalidInputError({ detail: SPLITS });
    if (argument === 'group') refuseUnstorable(entry.groups, entry.sharedGroups ?? []);
    try {
      return await run(addRosterItem(entry, argument), options);
    } catch (error) {
      if (!(error instanceof RostbeefError) || !WRONG_ARGUMENTS.includes(error.code) || tries === MOST_TRIES)
        throw error;
      learned.argument = undefined;
    }
  }
}

/** The groups that a contact is to have: the given one, or else those that it has. Labels of shared groups are not among these. */
export function groupsOf({ group, shared }: SideToWrite, known: Entry): readonly string[] {
  if (group === undefined) return withoutLabels(known?.groups ?? [], shared);
  return group === '' ? [] : [group];
}

/** Whether an entry has the groups that it is to have. Labels of shared groups do not count. */
export function hasGroups(side: SideToWrite, { groups }: NonNullable<Entry>): boolean {
  const own = new Set(withoutLabels(groups, side.shared));
  const wanted = new Set(side.group === undefined ? own : withoutLabels(groupsOf(side, undefined), side.shared));
  return own.size === wanted.size && [...wanted].every((group) => own.has(group));
}

function withoutLabels(groups: readonly string[], shared: readonly SharedGroup[]): readonly string[] {
  return groups.filter((group) => !shared.some(({ label }) => label === group));
}

const SPLITS = 'this ejabberd, older than 24.02, splits groups at ";"';

/**
 * Refuses what a release with the form `group` would not store as it is meant.
 *
 * @param sides by the member of the input that gives the side's group
 * @throws InvalidInputError that names each member, NotAllowedError
 */
export function refuseSplitGroups(sides: Readonly<Record<string, readonly [SideToWrite, Entry]>>): void {
  const issues = Object.entries(sides)
    .filter(([, [side, known]]) => !groupsOf(side, known).every(isOneGroup))
    .map(([path, [{ group }]]) => ({
      path,
      message:
        group === undefined
          ? `is required, because the contact is in a group that holds ";" and ${SPLITS}`
          : `must not hold ";", because ${SPLITS}`,
    }));
  if (issues.length > 0) throw new InvalidInputError({ issues });
  for (const [side, known] of Object.values(sides)) refuseUnstorable(groupsOf(side, known), idsOf(side));
}

/** The ids of the shared groups of a side. */
export function idsOf({ shared }: SideToWrite): readonly string[] {
  return shared.map(({ id }) => id);
}

/** Without a group of its own, a shared contact is stored by a shared group's id, which must not be split. */
function refuseUnstorable(groups: readonly string[], sharedGroups: readonly string[]): void {
  if (groups.length > 0 || sharedGroups.length === 0 || sharedGroups.some(isOneGroup)) return;
  const detail = `a shared roster group makes them contacts, and ${SPLITS}; give group1 and group2, or rename the shared group`;
  throw new NotAllowedError({ detail });
}
