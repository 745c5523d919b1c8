/** Finds a contact's entry in a roster, and interprets its subscription. */
import { formatJid, type Jid, parseJid, sameJid, splitJid } from '../../xmpp/jid.ts';
import type { RosterItem } from '../dialect.ts';

/** A contact's entry; `undefined` if the roster shows none. */
export type Entry = RosterItem | undefined;

/** Finds the entry of a contact whose domain is spelled as the server spells it. */
export function entryOf(roster: readonly RosterItem[], contact: Jid): Entry {
  const jid = formatJid(contact);
  return (
    roster.find((item) => item.jid === jid) ??
    roster.find((item) => splitJid(item.jid).domain === contact.domain && sameJid(item.jid, jid))
  );
}

/** Finds the entry of a contact in any spelling of its domain. A roster can hold one with A-labels and one with U-labels. */
export function entryInAnySpelling(roster: readonly RosterItem[], contact: Jid): Entry {
  const result = parseJid(formatJid(contact));
  const jid = formatJid('jid' in result ? result.jid : contact);
  return entryOf(roster, contact) ?? roster.find((item) => sameJid(item.jid, jid));
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
