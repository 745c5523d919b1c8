/** Removes entries from rosters: by a command of ejabberd, or as the owner's own client would. */
import { domainToASCII } from 'node:url';
import { PermissionDeniedError } from '../../errors/index.ts';
import { formatJid, type Jid, splitJid } from '../../xmpp/jid.ts';
import { rosterRemoval } from '../../xmpp/roster-set.ts';
import type { Run, RunOptions } from '../run-command.ts';
import { rosterOrEmpty } from './accounts.ts';
import { deleteRosterItem, type Place, sendStanza } from './commands.ts';
import { type Entry, entryOf } from './roster-entry.ts';

/** Removes the entry of a local user. An entry that the roster spells otherwise is removed by its own spelling. */
export async function removeEntry(run: Run, place: Place, known: Entry, options: RunOptions): Promise<void> {
  if (known === undefined || known.jid === formatJid(place.contact)) await run(deleteRosterItem(place), options);
  else await removeSpelled(run, place, known.jid, options);
}

/**
 * Removes an entry by a roster set from the owner to their own bare JID. ejabberd tells the other server as well.
 *
 * `delete_rosteritem` can't name every entry: 26.07 refuses a contact on no vhost, and no release takes a resource. It
 * is used only if the account may not send stanzas. Observed on ejabberd 23.01, 24.12 and 26.07.
 *
 * @param spelling the contact's JID as the roster spells it
 * @throws PermissionDeniedError that names `send_stanza`, if neither command is permitted
 */
async function removeSpelled(
  run: Run,
  { owner }: Pick<Place, 'owner'>,
  spelling: string,
  options: RunOptions,
): Promise<void> {
  try {
    await run({ ...sendStanza(owner, owner, rosterRemoval(spelling)), idempotent: true }, options);
  } catch (refusal) {
    if (!(refusal instanceof PermissionDeniedError)) throw refusal;
    await run(deleteRosterItem({ owner, contact: splitJid(spelling) }), options).catch((error: unknown) => {
      throw error instanceof PermissionDeniedError ? refusal : error;
    });
  }
}

/**
 * Removes the entry of a contact on no vhost.
 *
 * @param known the entry; `undefined` if the roster is too large to be read. Then both spellings are removed
 */
export async function removeForeign(run: Run, place: Place, known: Entry, options: RunOptions): Promise<void> {
  const spellings = known === undefined ? spellingsOf(place.contact) : [known.jid];
  for (const spelling of spellings) await removeSpelled(run, place, spelling, options);
  if (known === undefined || splitJid(known.jid).resource === '') return;
  // With Mnesia, ejabberd 24.12 keeps a full JID's entry under the bare JID, and removes it by that only.
  const left = entryOf(await rosterOrEmpty(run, place.owner, options), place.contact);
  if (left !== undefined) await removeSpelled(run, place, bareJidOf(left.jid), options);
}

function bareJidOf(jid: string): string {
  return formatJid({ ...splitJid(jid), resource: '' });
}

function spellingsOf(contact: Jid): readonly string[] {
  return [...new Set([contact.domain, domainToASCII(contact.domain)])].map((domain) =>
    formatJid({ ...contact, domain }),
  );
}
