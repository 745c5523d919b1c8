/** Removes entries from rosters: by `delete_rosteritem`, or by a roster set as the owner's own client would. */
import { domainToASCII } from 'node:url';
import { PermissionDeniedError } from '../../errors/index.ts';
import { formatJid, type Jid, splitJid } from '../../xmpp/jid.ts';
import { rosterRemoval } from '../../xmpp/roster-set.ts';
import type { Run, RunOptions } from '../run-command.ts';
import { rosterOrEmpty } from './accounts.ts';
import { deleteRosterItem, type EntryKey, sendStanza } from './commands.ts';
import { type Entry, entryOf } from './roster-entry.ts';

/** Removes the entry of a local user. If the roster spells the contact in another way, that spelling is removed. */
export async function removeEntry(run: Run, key: EntryKey, known: Entry, options: RunOptions): Promise<void> {
  if (known === undefined || known.jid === formatJid(key.contact)) await run(deleteRosterItem(key), options);
  else await removeSpelled(run, key, known.jid, options);
}

/**
 * Removes an entry by a roster set from the owner to their own bare JID. ejabberd tells the other server as well.
 *
 * `delete_rosteritem` can't remove every entry: 26.07 refuses a contact on no vhost, and no release accepts a resource. It
 * is used only if the account may not send stanzas. Observed on ejabberd 23.01, 24.12 and 26.07.
 *
 * @param spelling the contact's JID as the roster spells it
 * @throws PermissionDeniedError that names `send_stanza`, if neither command is permitted
 */
async function removeSpelled(
  run: Run,
  { owner }: Pick<EntryKey, 'owner'>,
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
 * @param known the entry; `undefined` if the roster is too large to be read. In this case, both spellings are removed
 */
export async function removeForeign(run: Run, key: EntryKey, known: Entry, options: RunOptions): Promise<void> {
  const spellings = known === undefined ? spellingsOf(key.contact) : [known.jid];
  for (const spelling of spellings) await removeSpelled(run, key, spelling, options);
  if (known === undefined || splitJid(known.jid).resource === '') return;
  // With Mnesia, ejabberd 24.12 keeps a full JID's entry under the bare JID, and removes it by that only.
  const left = entryOf(await rosterOrEmpty(run, key.owner, options), key.contact);
  if (left !== undefined) await removeSpelled(run, key, bareJidOf(left.jid), options);
}

function bareJidOf(jid: string): string {
  return formatJid({ ...splitJid(jid), resource: '' });
}

function spellingsOf(contact: Jid): readonly string[] {
  return [...new Set([contact.domain, domainToASCII(contact.domain)])].map((domain) =>
    formatJid({ ...contact, domain }),
  );
}
