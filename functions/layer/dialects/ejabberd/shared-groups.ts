/**
 * Finds the shared roster groups (`mod_shared_roster`) that put a contact into a roster.
 *
 * `get_roster` shows a contact of a shared group like a stored one. `delete_rosteritem` does not remove such a contact, but
 * stores it. So the groups must be known before the first write. Observed on ejabberd 23.01, 24.12 and 26.07.
 */
import { PermissionDeniedError } from '../../errors/index.ts';
import { formatJid, type Jid, sameJid } from '../../xmpp/jid.ts';
import { elseIf } from '../command-errors.ts';
import type { Run } from '../run-command.ts';
import { accountExists, isConnected } from './accounts.ts';
import type { EntryKey } from './commands.ts';
import { knownSharedGroups, type LearnedSharedGroups } from './known-shared-groups.ts';
import type { Entry } from './roster-entry.ts';
import { listSharedGroupMembers, type SharedGroup } from './shared-group-commands.ts';

/**
 * Finds the groups that put an entry's contact into the roster.
 *
 * @param entry the entry as `get_roster` shows it. An entry of a shared group has the subscription `both` and the
 *   group's label, so that most entries need no call
 * @returns `undefined` if the account may not read shared groups
 */
export async function sharedGroupsOf(
  run: Run,
  key: EntryKey,
  entry: Entry,
  learned: LearnedSharedGroups,
): Promise<readonly SharedGroup[] | undefined> {
  if (entry?.subscription !== 'both') return [];
  return groupsShowing(run, key, entry.groups, learned).catch(elseIf(PermissionDeniedError, undefined));
}

async function groupsShowing(
  run: Run,
  { owner, contact }: EntryKey,
  shownLabels: readonly string[],
  learned: LearnedSharedGroups,
): Promise<readonly SharedGroup[] | undefined> {
  const vhost = owner.domain;
  const groups = await knownSharedGroups(run, vhost, learned);
  const labelled = groups?.filter(({ label }) => label === '' || shownLabels.includes(label)) ?? [];
  if (labelled.length === 0) return groups && [];
  const membersOf = memberReader(run, vhost);
  const shown = await Promise.all(
    labelled.map(
      async (group) =>
        (await isMember(run, vhost, group, contact, membersOf)) &&
        (await isDisplayed(groups ?? [], group, owner, membersOf)),
    ),
  );
  return labelled.filter((_, index) => shown[index]);
}

type ReadMembers = (group: SharedGroup) => Promise<readonly string[]>;

/** Reads the members of each group once. */
function memberReader(run: Run, vhost: string): ReadMembers {
  const read = new Map<SharedGroup, Promise<readonly string[]>>();
  return (group) => {
    const members = read.get(group) ?? run(listSharedGroupMembers(group.id, vhost));
    read.set(group, members);
    return members;
  };
}

async function isMember(
  run: Run,
  vhost: string,
  group: SharedGroup,
  user: Jid,
  membersOf: ReadMembers,
): Promise<boolean> {
  const isOfVhost = user.domain === vhost;
  if (group.isForAll && isOfVhost && (await accountExists(run, user))) return true;
  if (group.isForOnline && isOfVhost && (await isConnected(run, user))) return true;
  return isListed(await membersOf(group), user);
}

/** Tells whether the owner is a member of a group that displays this one. Here, ejabberd counts every user as a member of `@online@`. */
async function isDisplayed(
  groups: readonly SharedGroup[],
  { id }: SharedGroup,
  owner: Jid,
  membersOf: ReadMembers,
): Promise<boolean> {
  for (const group of groups.filter(({ displays }) => displays(id))) {
    if (group.isForAll || group.isForOnline || isListed(await membersOf(group), owner)) return true;
  }
  return false;
}

function isListed(members: readonly string[], user: Jid): boolean {
  const jid = formatJid(user);
  return members.some((member) => member === jid || sameJid(member, jid));
}
