/** Finds out whether the rosters of a vhost can be written, by calls that change nothing. */
import { FeatureNotImplementedError, JidMalformedError, PermissionDeniedError } from '../../errors/index.ts';
import type { Jid } from '../../xmpp/jid.ts';
import { elseIf } from '../command-errors.ts';
import type { Run } from '../run-command.ts';
import { deleteRosterItem } from './commands.ts';
import { orCrash } from './crash.ts';
import { type LearnedGroups, writeEntry } from './groups.ts';
import { invalidUser, missingUser } from './probe-users.ts';

/** The vhosts on which entries can be written or removed, as far as a container knows. */
export interface LearnedRosters {
  readonly writable: Set<string>;
  readonly removable: Set<string>;
}

/** Creates the state of a new container. */
export function nothingLearned(): LearnedRosters {
  return { writable: new Set(), removable: new Set() };
}

/** Forgets everything, because a write failed. */
export function forget({ writable, removable }: LearnedRosters): void {
  writable.clear();
  removable.clear();
}

/**
 * Demands that entries can be written on these vhosts. Each vhost is tested once in a container. The test changes nothing.
 *
 * @param users the users whose domains are the vhosts
 * @throws PermissionDeniedError if the account may not add entries
 * @throws FeatureNotImplementedError if a vhost has no `mod_roster`
 */
export async function demandWritable(run: Run, users: readonly Jid[], learned: LearnedRosters, groups: LearnedGroups) {
  await Promise.all(
    vhostsOf(users, learned.writable).map(async (vhost) => {
      // A link removes no entry, so it does not need the permission to remove.
      await Promise.all([
        tryToAdd(run, vhost, groups),
        tryToRemove(run, vhost).catch(elseIf(PermissionDeniedError, undefined)),
      ]);
      learned.writable.add(vhost);
    }),
  );
}

/**
 * Demands that entries can be removed on these vhosts, as {@link demandWritable} does for writing.
 *
 * @throws PermissionDeniedError if the account may not remove entries
 * @throws FeatureNotImplementedError if a vhost has no `mod_roster`
 */
export async function demandRemovable(run: Run, users: readonly Jid[], learned: LearnedRosters): Promise<void> {
  await Promise.all(
    vhostsOf(users, learned.removable).map(async (vhost) => {
      await tryToRemove(run, vhost);
      learned.removable.add(vhost);
    }),
  );
}

function vhostsOf(users: readonly Jid[], known: ReadonlySet<string>): readonly string[] {
  return [...new Set(users.map(({ domain }) => domain))].filter((vhost) => !known.has(vhost));
}

/** Adds an entry that every server refuses, after it has checked the permission. */
async function tryToAdd(run: Run, vhost: string, groups: LearnedGroups): Promise<void> {
  const user = invalidUser(vhost);
  try {
    await writeEntry(run, { owner: user, contact: user, nick: '', groups: [] }, groups);
  } catch (error) {
    if (!(error instanceof JidMalformedError)) throw error;
  }
}

/**
 * Removes an entry that is not there, for a user that does not exist.
 *
 * A vhost without `mod_roster` reads like any other. Only a command that writes or removes an entry crashes there.
 */
async function tryToRemove(run: Run, vhost: string): Promise<void> {
  const user = missingUser(vhost);
  const probe = deleteRosterItem({ owner: user, contact: user });
  const outcome = await orCrash(run, probe, vhost);
  if ('answer' in outcome) return;
  const symptom = `ejabberd reads the rosters of ${vhost}, and closes the connection at ${probe.name}`;
  const remedy = `add mod_roster to the modules of ${vhost} in ejabberd.yml`;
  throw new FeatureNotImplementedError({ detail: `${symptom}; ${remedy}`, cause: outcome.crash });
}
