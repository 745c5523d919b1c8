/** Caches the shared roster groups of each vhost for a minute. */
import { ItemNotFoundError, PermissionDeniedError } from '../../errors/index.ts';
import type { Run } from '../run-command.ts';
import { orCrash } from './crash.ts';
import { describeSharedGroup, listSharedGroups, type SharedGroup } from './shared-group-commands.ts';

/** The cached groups of a vhost. */
interface KnownGroups {
  /** The ids of the groups; `undefined` if the account may not ask for them. */
  readonly ids: readonly string[] | undefined;
  /** The descriptions of the groups. They are read on demand. */
  groups?: Promise<readonly SharedGroup[]>;
  /** The end of the cached time, in milliseconds of `Date.now()`. */
  readonly until: number;
}

/** The cached groups and the running requests, by vhost. */
export type LearnedSharedGroups = Map<string, Promise<KnownGroups>>;

const MINUTE_MS = 60_000;

/** On a vhost without the module, `srg_list` crashes and ejabberd logs that. So the command runs less often there. */
const WITHOUT_MODULE_MS = 10 * MINUTE_MS;

/** Tells whether a vhost has shared groups; `undefined` if the account may not list them. */
export async function hasSharedGroups(
  run: Run,
  vhost: string,
  learned: LearnedSharedGroups,
): Promise<boolean | undefined> {
  const { ids } = await knownGroups(run, vhost, learned);
  return ids && ids.length > 0;
}

/**
 * Returns the groups of a vhost.
 *
 * @returns `undefined` if the account may not list them
 * @throws PermissionDeniedError if the account may list the groups, but not describe them
 */
export async function knownSharedGroups(
  run: Run,
  vhost: string,
  learned: LearnedSharedGroups,
): Promise<readonly SharedGroup[] | undefined> {
  return describedGroups(run, vhost, await knownGroups(run, vhost, learned));
}

async function knownGroups(run: Run, vhost: string, learned: LearnedSharedGroups): Promise<KnownGroups> {
  const kept = learned.get(vhost);
  const known = await kept?.catch(() => undefined);
  if (known !== undefined && Date.now() < known.until) return known;
  // Another caller may have started a request in the meantime.
  const asking = (learned.get(vhost) === kept ? undefined : learned.get(vhost)) ?? askForGroups(run, vhost);
  learned.set(vhost, asking);
  return asking;
}

async function askForGroups(run: Run, vhost: string): Promise<KnownGroups> {
  const inAMinute = () => Date.now() + MINUTE_MS;
  try {
    const outcome = await orCrash(run, listSharedGroups(vhost), vhost);
    if ('crash' in outcome) return { ids: [], until: Date.now() + WITHOUT_MODULE_MS };
    return { ids: outcome.answer, until: inAMinute() };
  } catch (error) {
    if (error instanceof PermissionDeniedError) return { ids: undefined, until: inAMinute() };
    if (error instanceof ItemNotFoundError) return { ids: [], until: inAMinute() };
    throw error;
  }
}

/** Returns the descriptions of the groups. A failed read is not kept. */
async function describedGroups(
  run: Run,
  vhost: string,
  known: KnownGroups,
): Promise<readonly SharedGroup[] | undefined> {
  if (known.ids === undefined) return undefined;
  known.groups ??= Promise.all(known.ids.map((id) => run(describeSharedGroup(id, vhost))));
  try {
    return await known.groups;
  } catch (error) {
    delete known.groups;
    throw error;
  }
}
