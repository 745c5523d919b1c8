import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, it } from 'vitest';
import { messageStanza } from '../../client/src/index.ts';
import { readStanza } from '../../functions/layer/xmpp/stanza.lazy.ts';

/** The text of each element, as an XML parser reads it. */
function textsIn(stanza: string): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  const open: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => {
    open.push(name);
    texts[name] ??= '';
  });
  parser.on('text', (text) => {
    const name = open.at(-1);
    if (name !== undefined) texts[name] += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(stanza).close();
  return texts;
}

it('a message holds any text as it is, and nothing else', () => {
  const carried = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]*$/;
  const anyText = fc.string({ unit: 'grapheme' }).filter((text) => carried.test(text));
  const markup = fc.constantFrom(']]>', '</body>', '<x/>', '&amp;', '\r\n', '"', "'");
  fc.assert(
    fc.property(fc.array(fc.oneof(anyText, markup)), (parts) => {
      const body = parts.join('');
      const stanza = messageStanza(body, { subject: body, id: 'an id' });
      expect(readStanza(stanza)).toHaveProperty('stanza');
      expect(textsIn(stanza)).toEqual({ message: '', subject: body, body });
    }),
  );
});

it('a message is a chat message unless its type is given', () => {
  expect(messageStanza('1 < 2')).toBe('<message type="chat"><body>1 &lt; 2</body></message>');
  expect(messageStanza('x', { type: 'headline' })).toContain(' type="headline"');
});

it('a text that XML can not carry is refused', () => {
  expect(() => messageStanza('a\u0000')).toThrow('control characters');
  expect(() => messageStanza('\ud800')).toThrow('control characters');
});
