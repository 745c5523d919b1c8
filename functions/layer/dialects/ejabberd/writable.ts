/** Finds out whether the rosters of a vhost can be written, by calls that change nothing. */
import { FeatureNotImplementedError, JidMalformedError, PermissionDeniedError } from '../../errors/index.ts';
import type { Jid } from '../../xmpp/jid.ts';
import type { Run } from '../run-command.ts';
import { deleteRosterItem } from './commands.ts';
import { GHOST, orCrash } from './crash.ts';
import { type LearnedGroups, writeEntry } from './groups.ts';

/** The vhosts of which an execution environment knows that entries can be written, or removed. */
export interface LearnedRosters {
  readonly writable: Set<string>;
  readonly removable: Set<string>;
}

/** The state of a new execution environment. */
export function nothingLearned(): LearnedRosters {
  return { writable: new Set(), removable: new Set() };
}

/** Forgets everything, because a write failed. */
export function forget({ writable, removable }: LearnedRosters): void {
  writable.clear();
  removable.clear();
}

/**
 * Finds out whether entries can be written on these vhosts, each once in an execution environment.
 *
 * @param users the users whose domains are the vhosts
 * @throws PermissionDeniedError, FeatureNotImplementedError; nothing was changed
 */
export async function demandWritable(run: Run, users: readonly Jid[], learned: LearnedRosters, groups: LearnedGroups) {
  await Promise.all(
    vhostsOf(users, learned.writable).map(async (vhost) => {
      // A link removes no entry, so it does not need the permission to remove.
      await Promise.all([tryToAdd(run, vhost, groups), tryToRemove(run, vhost).catch(unlessPermission)]);
      learned.writable.add(vhost);
    }),
  );
}

/**
 * Finds out whether entries can be removed on these vhosts, each once in an execution environment.
 *
 * @throws PermissionDeniedError, FeatureNotImplementedError; nothing was changed
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

/** Adds an entry for a local part that no server accepts. ejabberd checks the permission first, then refuses the local part. */
async function tryToAdd(run: Run, vhost: string, groups: LearnedGroups): Promise<void> {
  const invalidUser: Jid = { local: 'nobody@nowhere', domain: vhost, resource: '' };
  try {
    await writeEntry(run, { owner: invalidUser, contact: invalidUser, nick: '', groups: [] }, groups);
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
  const ghost: Jid = { local: GHOST, domain: vhost, resource: '' };
  const probe = deleteRosterItem({ owner: ghost, contact: ghost });
  const outcome = await orCrash(run, probe, vhost);
  if ('answer' in outcome) return;
  const symptom = `ejabberd reads the rosters of ${vhost}, and closes the connection at ${probe.name}`;
  const remedy = `add mod_roster to the modules of ${vhost} in ejabberd.yml`;
  throw new FeatureNotImplementedError({ detail: `${symptom}; ${remedy}`, cause: outcome.crash });
}

function unlessPermission(error: unknown): void {
  if (!(error instanceof PermissionDeniedError)) throw error;
}
