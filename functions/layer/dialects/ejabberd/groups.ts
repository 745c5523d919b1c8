/** Writes entries with groups in the form of the server's release. */
import { InvalidInputError, NotAllowedError, RostbeefError } from '../../errors/index.ts';
import type { Side } from '../dialect.ts';
import type { Run, RunOptions } from '../run-command.ts';
import {
  addRosterItem,
  type EntryKey,
  type EntryToWrite,
  type GroupsArgument,
  isOneGroup,
  probeGroupsArgument,
} from './commands.ts';
import type { Entry } from './roster-entry.ts';
import type { SharedGroup } from './shared-group-commands.ts';

/** The form of groups, once it is known. After an upgrade, or on another node of a cluster, it can be wrong. */
export interface LearnedGroups {
  argument: GroupsArgument | undefined;
}

/** One side of a link, and the shared roster groups that put the contact into the owner's roster. */
export interface SideToWrite extends Side {
  readonly shared: readonly SharedGroup[];
}

/** The codes for an argument that is missing and for one that is unknown. ejabberd checks both before it runs a command. */
const WRONG_ARGUMENTS: readonly (number | undefined)[] = [-116, -120];

/** The most tries of a write. Each try can reach another node of a cluster, with another form. */
const MAX_TRIES = 4;

/** Returns the server's form of groups. The server is asked once in a container, and again after it refused the form. */
export async function groupsArgument(run: Run, key: EntryKey, learned: LearnedGroups, options: RunOptions = {}) {
  learned.argument ??= await run(probeGroupsArgument(key), options);
  return learned.argument;
}

/**
 * Writes an entry.
 *
 * @throws InvalidInputError if the server would split a group. Nothing was written
 * @throws NotAllowedError if the server would store one side only. Nothing was written
 */
export async function writeEntry(run: Run, entry: EntryToWrite, learned: LearnedGroups, options: RunOptions = {}) {
  for (let tries = 1; ; tries += 1) {
    const argument = await groupsArgument(run, entry, learned, options);
    if (argument === 'group' && !entry.groups.every(isOneGroup)) throw new InvalidInputError({ detail: SPLITS });
    if (argument === 'group') refuseUnstorable(entry.groups, entry.sharedGroups ?? []);
    try {
      return await run(addRosterItem(entry, argument), options);
    } catch (error) {
      if (!(error instanceof RostbeefError) || !WRONG_ARGUMENTS.includes(error.code) || tries === MAX_TRIES)
        throw error;
      learned.argument = undefined;
    }
  }
}

/** Returns the groups to write: the given one, or by default those of the entry without the labels of shared groups. */
export function groupsOf({ group, shared }: SideToWrite, known: Entry): readonly string[] {
  if (group === undefined) return withoutLabels(known?.groups ?? [], shared);
  return group === '' ? [] : [group];
}

/** Tells whether an entry has the groups to write. Labels of shared groups do not count. */
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
 * Refuses groups that a release with the form `group` would not store unchanged.
 *
 * @param sides the sides and their entries, by the member of the input that holds the side's group
 * @throws InvalidInputError that names each member whose group would be split
 * @throws NotAllowedError if the server would store one side only
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

/** Returns the ids of the shared groups of a side. */
export function idsOf({ shared }: SideToWrite): readonly string[] {
  return shared.map(({ id }) => id);
}

/** A shared contact without a group of its own is written with the id of a shared group. That id must not be split. */
function refuseUnstorable(groups: readonly string[], sharedGroups: readonly string[]): void {
  if (groups.length > 0 || sharedGroups.length === 0 || sharedGroups.some(isOneGroup)) return;
  const detail = `a shared roster group makes them contacts, and ${SPLITS}; give group1 and group2, or rename the shared group`;
  throw new NotAllowedError({ detail });
}
