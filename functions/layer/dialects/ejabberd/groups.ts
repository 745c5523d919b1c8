/** Writes entries with groups in the form of the server's release. */
import { InvalidInputError, RostbeefError } from '../../errors/index.ts';
import type { Side } from '../dialect.ts';
import type { Run, RunOptions } from '../run-command.ts';
import { addRosterItem, type EntryToWrite, type GroupsArgument, type Place, probeGroupsArgument } from './commands.ts';
import type { Entry } from './roster-entry.ts';

/** The learned form of groups. An upgrade or another node of a cluster can change it. */
export interface LearnedGroups {
  argument: GroupsArgument | undefined;
}

/** The codes for a missing and for an unknown argument. ejabberd checks arguments before it runs a command. */
const WRONG_ARGUMENTS: readonly (number | undefined)[] = [-116, -120];

/** The most repeats of a write in another form. Each node of a cluster can have another release. */
const MOST_TRIES = 4;

/** Returns the form of groups. The server is asked once, and again after it has refused the form. */
export async function groupsArgument(run: Run, place: Place, learned: LearnedGroups, options: RunOptions = {}) {
  learned.argument ??= await run(probeGroupsArgument(place), options);
  return learned.argument;
}

/**
 * Writes an entry.
 *
 * @throws InvalidInputError if the server would split a group, before anything is written
 */
export async function writeEntry(run: Run, entry: EntryToWrite, learned: LearnedGroups, options: RunOptions = {}) {
  for (let tries = 1; ; tries += 1) {
    const argument = await groupsArgument(run, entry, learned, options);
    if (argument === 'group' && entry.groups.some(isSplit)) throw new InvalidInputError({ detail: SPLITS });
    try {
      return await run(addRosterItem(entry, argument), options);
    } catch (error) {
      if (!(error instanceof RostbeefError) || !WRONG_ARGUMENTS.includes(error.code) || tries === MOST_TRIES)
        throw error;
      learned.argument = undefined;
    }
  }
}

/** Returns the groups to write: the given one, or else the groups that the contact has. */
export function groupsOf({ group }: Side, known: Entry): readonly string[] {
  if (group === undefined) return known?.groups ?? [];
  return group === '' ? [] : [group];
}

const SPLITS = 'this ejabberd, older than 24.02, splits groups at ";"';

/**
 * Refuses groups that the server would split.
 *
 * @param sides the sides by the member of the input that gives their group
 * @throws InvalidInputError that names each member
 */
export function refuseSplitGroups(sides: Readonly<Record<string, readonly [Side, Entry]>>): void {
  const issues = Object.entries(sides)
    .filter(([, [side, known]]) => groupsOf(side, known).some(isSplit))
    .map(([path, [{ group }]]) => ({
      path,
      message:
        group === undefined
          ? `is required, because the contact is in a group that holds ";" and ${SPLITS}`
          : `must not hold ";", because ${SPLITS}`,
    }));
  if (issues.length > 0) throw new InvalidInputError({ issues });
}

function isSplit(group: string): boolean {
  return group.includes(';');
}
