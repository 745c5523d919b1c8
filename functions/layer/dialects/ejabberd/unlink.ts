/** Unlinks two users on stock ejabberd, which has no command for both sides. */
import { domainToASCII } from 'node:url';
import { ItemNotFoundError, NotAllowedError, PartialLinkError } from '../../errors/index.ts';
import { formatJid, type Jid, splitJid } from '../../xmpp/jid.ts';
import { isOversized } from '../command-errors.ts';
import type { RosterItem, Unlinked } from '../dialect.ts';
import { accountExists, leavesTraces, rosterOrEmpty } from './accounts.ts';
import type { Place } from './commands.ts';
import type { Rosters } from './link.ts';
import { removeEntry, removeSpelled } from './removal.ts';
import { type Entry, entryInAnySpelling, entryOf } from './roster-entry.ts';
import { hasSharedGroups, sharedGroupsOf } from './shared-groups.ts';
import { isForeign } from './vhosts.ts';
import { demandRemovable, forget } from './writable.ts';
import { begin, type Goal, type Progress, writeVerified } from './write-both-sides.ts';

/** Whether a user exists, or is a contact on no vhost of the server. */
type Standing = 'user' | 'unknown' | 'foreign';

/**
 * Unlinks two users, as far as they are there. A deleted user leaves entries in the rosters of others, and a user that
 * an authentication back end can't list has a roster. One of the two may be on no vhost of the server: a gateway's
 * contact, or a user of another server.
 *
 * The rosters of two local users are read first only if their vhost has shared roster groups. A roster that is too large
 * to be read can be unlinked too.
 *
 * @throws ItemNotFoundError if neither exists, NotAllowedError if a shared roster group makes them contacts,
 *   PermissionDeniedError or FeatureNotImplementedError if a roster can't be written or a vhost can't be told from
 *   another server, all before anything is written; PartialLinkError
 */
export async function unlink(rosters: Rosters, jid1: Jid, jid2: Jid): Promise<Unlinked> {
  const { run, learned, writing } = rosters;
  const [standing1, standing2] = await standingsOf(rosters, jid1, jid2);
  if (standing1 !== 'user' && standing2 !== 'user') {
    throw new ItemNotFoundError({ detail: `${formatJid(jid1)}, ${formatJid(jid2)}` });
  }
  const mayAsk = await refuseShared(rosters, [
    ...(standing1 === 'user' ? [{ owner: jid1, contact: jid2 }] : []),
    ...(standing2 === 'user' ? [{ owner: jid2, contact: jid1 }] : []),
  ]);
  const side1 = standing1 === 'user' ? await beginSide(rosters, { owner: jid1, contact: jid2 }, standing2) : undefined;
  const side2 = standing2 === 'user' ? await beginSide(rosters, { owner: jid2, contact: jid1 }, standing1) : undefined;
  const sides: readonly Progress[] = [side1, side2].filter((side) => side !== undefined);
  const wrong = sides.filter(({ wasWrong }) => wasWrong !== false);
  if (wrong.length === 0) return { isUnverified: false };
  await demandRemovable(
    run,
    [...(standing1 === 'user' ? [jid1] : []), ...(standing2 === 'user' ? [jid2] : [])],
    learned,
  );
  try {
    await writeVerified([side1, side2], wrong, writing);
  } catch (error) {
    forget(learned);
    throw error instanceof PartialLinkError && sides.some(isStillThere) ? withAdvice(error, mayAsk) : error;
  }
  return { isUnverified: sides.some(({ reading }) => reading === 'oversized') };
}

/**
 * Refuses what ejabberd would not remove: it would store a contact of a shared group in its place.
 *
 * @returns whether the account may ask for shared groups
 */
async function refuseShared({ run, sharedGroups }: Rosters, places: readonly Place[]): Promise<boolean> {
  const found = await Promise.all(
    places.map(async (place) => {
      const has = await hasSharedGroups(run, place.owner.domain, sharedGroups);
      if (!has) return has === undefined ? undefined : [];
      const roster = await rosterOrEmpty(run, place.owner).catch(emptyIfOversized);
      return sharedGroupsOf(run, place, entryOf(roster, place.contact), sharedGroups);
    }),
  );
  const names = places.flatMap(({ owner }, index) => (found[index] ?? []).map(({ id }) => `${id} of ${owner.domain}`));
  if (names.length === 0) return found.every((groups) => groups !== undefined);
  const groups = [...new Set(names)].join(', ');
  const detail = `they are contacts by the shared roster group ${groups}; remove one of them from it, for example by srg_user_del`;
  throw new NotAllowedError({ detail });
}

function emptyIfOversized(error: unknown): readonly RosterItem[] {
  if (isOversized(error)) return [];
  throw error;
}

/** Whether a removal was acknowledged and the entry is there all the same. */
function isStillThere({ isAcknowledged, reading }: Progress): boolean {
  return isAcknowledged && typeof reading === 'object' && reading.entry !== undefined;
}

const ALLOW_SHARED =
  'if a shared roster group makes them contacts, it stays so: allow srg_list, srg_get_info and srg_get_members to the ' +
  'account, so that the group is named before anything is written';

const OTHER_SHARED = 'if it stays so, ejabberd computes the entry, as for a shared roster of LDAP or of another vhost';

function withAdvice({ sides, cause }: PartialLinkError, mayAsk: boolean): PartialLinkError {
  return new PartialLinkError(sides, {
    detail: `repeat the call to complete it; ${mayAsk ? OTHER_SHARED : ALLOW_SHARED}`,
    cause,
  });
}

async function standingsOf(rosters: Rosters, jid1: Jid, jid2: Jid): Promise<readonly [Standing, Standing]> {
  const [hasAccount1, hasAccount2] = await Promise.all([hasAccount(rosters, jid1), hasAccount(rosters, jid2)]);
  return Promise.all([
    hasAccount1 ? 'user' : standingOf(rosters, jid1, hasAccount2 ? jid2 : undefined),
    hasAccount2 ? 'user' : standingOf(rosters, jid2, hasAccount1 ? jid1 : undefined),
  ]);
}

/** A JID that is no bare JID with a local part is no user. */
async function hasAccount({ run }: Rosters, jid: Jid): Promise<boolean> {
  return isBareUser(jid) && accountExists(run, jid);
}

/** @param neighbour a user that exists, whose domain is a vhost */
async function standingOf({ run, readVhosts }: Rosters, jid: Jid, neighbour: Jid | undefined): Promise<Standing> {
  if (isBareUser(jid) && (await leavesTraces(run, jid))) return 'user';
  if (neighbour?.domain === jid.domain) return 'unknown';
  return (await isForeign(readVhosts, jid.domain)) ? 'foreign' : 'unknown';
}

function isBareUser({ local, resource }: Jid): boolean {
  return local !== '' && resource === '';
}

/** The entry of a foreign contact is removed by its own spelling, so the roster is read first. */
async function beginSide(rosters: Rosters, place: Place, standing: Standing): Promise<Progress> {
  if (standing !== 'foreign') return begin(goalOf(rosters, place, removeEntry));
  const goal = goalOf(rosters, place, removeForeign);
  const before = await goal.read({}).then(
    (entry) => ({ entry }),
    (error: unknown) => {
      if (isOversized(error)) return undefined;
      throw error;
    },
  );
  return begin(goal, before);
}

/** Without a known spelling, both are removed: the roster was too large to be read. */
const removeForeign: typeof removeEntry = async (run, place, known, options) => {
  const spellings = known === undefined ? spellingsOf(place.contact) : [known.jid];
  for (const spelling of spellings) await removeSpelled(run, place, spelling, options);
  if (known === undefined || splitJid(known.jid).resource === '') return;
  // With Mnesia, ejabberd 24.12 keeps a full JID's entry under the bare JID, and removes it by that only.
  const left = entryOf(await rosterOrEmpty(run, place.owner, options), place.contact);
  if (left !== undefined) await removeSpelled(run, place, bareJidOf(left.jid), options);
};

function bareJidOf(jid: string): string {
  return formatJid({ ...splitJid(jid), resource: '' });
}

function spellingsOf(contact: Jid): readonly string[] {
  return [...new Set([contact.domain, domainToASCII(contact.domain)])].map((domain) =>
    formatJid({ ...contact, domain }),
  );
}

function goalOf({ run }: Rosters, place: Place, remove: typeof removeEntry): Goal {
  return {
    write: (known, options) => remove(run, place, known, options),
    read: async (options): Promise<Entry> =>
      entryInAnySpelling(await rosterOrEmpty(run, place.owner, options), place.contact),
    judge: (entry) => (entry === undefined ? 'right' : 'wrong'),
    trustsAcknowledgement: true,
  };
}
