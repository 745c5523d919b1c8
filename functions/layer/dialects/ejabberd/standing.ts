/** Tells users from contacts on no vhost of the server. */
import type { Jid } from '../../xmpp/jid.ts';
import type { Run } from '../run-command.ts';
import { accountExists, leavesTraces } from './accounts.ts';
import { isForeign, type ReadVhosts } from './vhosts.ts';

/** A user that exists, one of a vhost that does not, or a contact on no vhost of the server. */
export type Standing = 'user' | 'unknown' | 'foreign';

/** The ways to ask the server. */
interface Sources {
  readonly run: Run;
  readonly readVhosts: ReadVhosts;
}

/**
 * The standings of two JIDs. The vhosts are read only if one of the two is no known user.
 *
 * @throws PermissionDeniedError that names `registered_vhosts`, if it is needed and the account may not run it
 */
export async function standingsOf(sources: Sources, jid1: Jid, jid2: Jid): Promise<readonly [Standing, Standing]> {
  const [hasAccount1, hasAccount2] = await Promise.all([hasAccount(sources, jid1), hasAccount(sources, jid2)]);
  return Promise.all([
    hasAccount1 ? 'user' : standingOf(sources, jid1, hasAccount2 ? jid2 : undefined),
    hasAccount2 ? 'user' : standingOf(sources, jid2, hasAccount1 ? jid1 : undefined),
  ]);
}

/** A JID that is no bare JID with a local part is no user. */
async function hasAccount({ run }: Sources, jid: Jid): Promise<boolean> {
  return isBareUser(jid) && accountExists(run, jid);
}

/** @param neighbour a user that exists, whose domain is a vhost */
async function standingOf({ run, readVhosts }: Sources, jid: Jid, neighbour: Jid | undefined): Promise<Standing> {
  if (isBareUser(jid) && (await leavesTraces(run, jid))) return 'user';
  if (neighbour?.domain === jid.domain) return 'unknown';
  return (await isForeign(readVhosts, jid.domain)) ? 'foreign' : 'unknown';
}

function isBareUser({ local, resource }: Jid): boolean {
  return local !== '' && resource === '';
}
