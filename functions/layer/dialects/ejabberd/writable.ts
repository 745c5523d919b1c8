/** Finds out whether the rosters of a vhost can be written, by calls that change nothing. */
import {
  ConnectionLostError,
  FeatureNotImplementedError,
  JidMalformedError,
  PermissionDeniedError,
} from '../../errors/index.ts';
import type { Jid } from '../../xmpp/jid.ts';
import type { Run } from '../run-command.ts';
import { checkAccount, deleteRosterItem } from './commands.ts';
import { type LearnedGroups, writeEntry } from './groups.ts';

/** The vhosts whose entries can be written, and those whose entries can be removed, as far as they are known. */
export interface LearnedRosters {
  readonly writable: Set<string>;
  readonly removable: Set<string>;
}

/** Starts without knowledge. */
export function nothingLearned(): LearnedRosters {
  return { writable: new Set(), removable: new Set() };
}

/** Forgets everything, because a write failed. */
export function forget({ writable, removable }: LearnedRosters): void {
  writable.clear();
  removable.clear();
}

/**
 * Finds out whether entries can be written on these vhosts. Each vhost is asked once.
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
 * Finds out whether entries can be removed on these vhosts. Each vhost is asked once.
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

/** Tries to write. ejabberd checks the permission first. Then it refuses the local part, and writes nothing. */
async function tryToAdd(run: Run, vhost: string, groups: LearnedGroups): Promise<void> {
  const nobody: Jid = { local: 'nobody@nowhere', domain: vhost, resource: '' };
  try {
    await writeEntry(run, { owner: nobody, contact: nobody, nick: '', groups: [] }, groups);
  } catch (error) {
    if (!(error instanceof JidMalformedError)) throw error;
  }
}

/**
 * Removes an entry that is not there, for a user that does not exist.
 *
 * A vhost without `mod_roster` reads like any other. Only a command that writes or removes an entry crashes there, and
 * ejabberd closes the connection.
 */
async function tryToRemove(run: Run, vhost: string): Promise<void> {
  const ghost: Jid = { local: 'rostbeef-probe', domain: vhost, resource: '' };
  const probe = deleteRosterItem({ owner: ghost, contact: ghost });
  try {
    await run(probe).catch(ifLost(() => run(probe, { fresh: true })));
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    await run(checkAccount(ghost), { fresh: true });
    const symptom = `ejabberd reads the rosters of ${vhost}, and closes the connection at ${probe.name}`;
    const remedy = `add mod_roster to the modules of ${vhost} in ejabberd.yml`;
    throw new FeatureNotImplementedError({ detail: `${symptom}; ${remedy}`, cause: error });
  }
}

function ifLost<T>(again: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (error instanceof ConnectionLostError) return again();
    throw error;
  };
}

function unlessPermission(error: unknown): void {
  if (!(error instanceof PermissionDeniedError)) throw error;
}
