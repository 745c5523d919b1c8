/** Tells whether a JID is a user of the server, an unknown user, or a contact on another server. */
import type { Jid } from '../../xmpp/jid.ts';
import type { Run } from '../run-command.ts';
import { accountExists, hasSessionOrEntries } from './accounts.ts';
import { isForeign, type ReadVhosts } from './vhosts.ts';

/** The kind of a JID: a user that exists, an unknown user of a vhost, or a contact on no vhost of the server. */
export type Standing = 'user' | 'unknown' | 'foreign';

/** The ways to ask the server. */
interface Sources {
  readonly run: Run;
  readonly readVhosts: ReadVhosts;
}

/**
 * Finds out the kinds of two JIDs. The vhosts are read only if one of the two is no known user.
 *
 * @throws PermissionDeniedError if the vhosts must be read, and the account may not run `registered_vhosts`
 */
export async function standingsOf(sources: Sources, jid1: Jid, jid2: Jid): Promise<readonly [Standing, Standing]> {
  const [hasAccount1, hasAccount2] = await Promise.all([hasAccount(sources, jid1), hasAccount(sources, jid2)]);
  return Promise.all([
    hasAccount1 ? 'user' : standingOf(sources, jid1, hasAccount2 ? jid2 : undefined),
    hasAccount2 ? 'user' : standingOf(sources, jid2, hasAccount1 ? jid1 : undefined),
  ]);
}

/** Only a bare JID with a local part can be an account. */
async function hasAccount({ run }: Sources, jid: Jid): Promise<boolean> {
  return isBareUser(jid) && accountExists(run, jid);
}

/**
 * Finds out the kind of a JID without an account.
 *
 * @param other a user that exists, so that its domain is a vhost
 */
async function standingOf({ run, readVhosts }: Sources, jid: Jid, other: Jid | undefined): Promise<Standing> {
  if (isBareUser(jid) && (await hasSessionOrEntries(run, jid))) return 'user';
  if (other?.domain === jid.domain) return 'unknown';
  return (await isForeign(readVhosts, jid.domain)) ? 'foreign' : 'unknown';
}

function isBareUser({ local, resource }: Jid): boolean {
  return local !== '' && resource === '';
}
