import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, it } from 'vitest';
import { rosterRemoval } from '../../functions/layer/xmpp/roster-set.ts';
import { readStanza } from '../../functions/layer/xmpp/stanza.lazy.ts';

/** The contact, as an XML parser reads it. */
function contactIn(stanza: string): unknown {
  let contact: unknown;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'item') contact = attributes['jid'];
  });
  parser.write(stanza).close();
  return contact;
}

it('a roster set holds any contact as it is spelled, and nothing else', () => {
  const characters = fc
    .string({ unit: 'binary' })
    .filter((text) => !/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text));
  const hostile = fc.constantFrom(`a@b/'/><item jid='c`, `a@b/]]>"&lt;`, 'a@b/\n\t\r', '&#0;');
  fc.assert(
    fc.property(fc.oneof(characters, hostile), (contact) => {
      const stanza = rosterRemoval(contact);
      expect(contactIn(stanza)).toBe(contact);
      expect(readStanza(stanza)).toMatchObject({ stanza: { name: 'iq', type: 'set' } });
      expect(stanza.match(/<item /g)).toHaveLength(1);
    }),
  );
});
