/** The commands of `mod_admin_extra` that read shared roster groups. On a vhost without `mod_shared_roster` they crash. */
import { itemText, listIn, rowMembers, textOr, textsOf } from '../answer-shape.ts';
import type { Command } from '../command.ts';
import { large, read } from './make-command.ts';

/** A shared roster group as its vhost describes it. */
export interface SharedGroup {
  readonly id: string;
  /** The group's name in rosters. */
  readonly label: string;
  /** Whether every account of the vhost is a member. */
  readonly isForAll: boolean;
  /** Whether every connected user of the vhost is a member. */
  readonly isForOnline: boolean;
  /** Whether members see the members of this group in their rosters. */
  displays(id: string): boolean;
}

/** How ejabberd prints a list of ids in ASCII: 23.01 as `["a","b"]`, 24.12 as `["a",", ","b"]`. */
const PLAIN_IDS = /^\[(?:"[^"\\]*"(?:,"[^"\\]*")*)?\]$/;

/**
 * Lists the ids of a vhost's groups.
 *
 * @example
 * await run(listSharedGroups('example.com')) // ['staff']
 */
export function listSharedGroups(host: string): Command<readonly string[]> {
  return read('srg_list', { host }, (answer) => listIn(answer, 'groups').map(itemText));
}

/**
 * Describes a group. A group that does not exist has only its id.
 *
 * @example
 * const { label, isForAll } = await run(describeSharedGroup('staff', 'example.com'));
 */
export function describeSharedGroup(group: string, host: string): Command<SharedGroup> {
  return read('srg_get_info', { group, host }, (answer) => {
    const rows = listIn(answer, 'informations').map(rowMembers);
    const values = new Map(rows.map(({ key, value }) => [textOr(key), textOr(value)]));
    const displayed = values.get('displayed_groups') ?? '';
    return {
      id: group,
      label: labelIn(values.get('label')) ?? group,
      isForAll: values.get('all_users') === 'true',
      isForOnline: values.get('online_users') === 'true',
      // ejabberd prints an id with other letters as numbers, which are not read. Such a list counts as holding every id.
      displays: (id) => displayed.includes(`"${id}"`) || (displayed !== '' && !PLAIN_IDS.test(displayed)),
    };
  });
}

/** Reads a label. ejabberd prints an empty one as `[]`. */
function labelIn(printed: string | undefined): string | undefined {
  return printed === '[]' ? '' : printed;
}

/** Lists the bare JIDs of the members that were added to a group one by one. */
export function listSharedGroupMembers(group: string, host: string): Command<readonly string[]> {
  return large(read('srg_get_members', { group, host }, (answer) => textsOf(listIn(answer, 'members'))));
}
