/** Finds a contact's entry in a roster. */
import { formatJid, type Jid, sameJid } from '../../xmpp/jid.ts';
import type { RosterItem } from '../dialect.ts';

/** A contact's entry; `undefined` if the roster shows none. */
export type Entry = RosterItem | undefined;

/** A contact's entry in a roster. */
export function entryOf(roster: readonly RosterItem[], contact: Jid): Entry {
  const jid = formatJid(contact);
  return roster.find((item) => sameJid(item.jid, jid));
}

/** Tells whether the owner receives the contact's presence (RFC 6121 section 2.1.2.5). */
export function receives(entry: Entry): boolean {
  return entry?.subscription === 'to' || entry?.subscription === 'both';
}

/** Tells whether the contact receives the owner's presence. */
export function grants(entry: Entry): boolean {
  return entry?.subscription === 'from' || entry?.subscription === 'both';
}

/** Tells whether the entry shows a request without an answer. */
export function asks(entry: Entry): boolean {
  return entry !== undefined && entry.pending !== 'none';
}
