/** Writes the stanza by which a user removes a contact (RFC 6121 section 2.5.1). */

/** Matches the characters that an attribute's value can't hold, and the white space that an XML parser would replace (XML 1.0 section 3.3.3). */
const TO_ESCAPE = /[&<>"'\t\n\r]/g;

/**
 * Returns the roster set that removes one contact. It may be sent twice.
 *
 * @param contact the contact's JID as the roster spells it
 * @example
 * rosterRemoval('icq.example.com')
 * // "<iq type='set' id='rostbeef'><query xmlns='jabber:iq:roster'><item jid='icq.example.com' subscription='remove'/></query></iq>"
 */
export function rosterRemoval(contact: string): string {
  const jid = contact.replace(TO_ESCAPE, (character) => `&#${character.charCodeAt(0)};`);
  return `<iq type='set' id='rostbeef'><query xmlns='jabber:iq:roster'><item jid='${jid}' subscription='remove'/></query></iq>`;
}
