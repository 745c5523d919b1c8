import { type Element, Parser } from '@xmpp/xml';
import { expect } from 'vitest';
import { readStanza } from '../../functions/layer/xmpp/stanza.lazy.ts';
import { corpusOf } from './corpus.ts';
import { fuzz, mutated } from './fuzz.ts';

const WORDS =
  '<message>|</message>|<message |<iq id="1">|</iq>|<presence/>| from="a@b"| to="c@d"| from=\'| xmlns="jabber:client"| xmlns:x="u"|x:|' +
  '&amp;|&lt;|&#x40;|&#64;|&quot;|&a;|<!--|-->|<![CDATA[|]]>|<?x?>|<!DOCTYPE message>|"|\'|<|>|/|=|\t|\n|\0|é|\u{1F600}';

const corpus = corpusOf('stanza');

/** The root as the parser of XMPP clients has it. */
function rootOf(text: string): Element | undefined {
  let root: Element | undefined;
  const parser = new Parser();
  parser.on('start', (element: Element) => {
    root = element;
  });
  parser.write(text.trim());
  return root;
}

fuzz<Buffer>({
  name: 'a stanza is read as another parser reads it, or refused',
  corpus,
  inputs: mutated(corpus, WORDS.split('|')),
  check(bytes) {
    const text = bytes.toString();
    const result = readStanza(text);
    if ('problems' in result) {
      expect(result.problems.length).toBeGreaterThan(0);
      expect(result.problems.join().length).toBeLessThan(500);
      return;
    }
    const { name = '', attrs = {} } = rootOf(text) ?? {};
    expect(result.stanza.name).toBe(name.replace(/^.*:/, ''));
    // XML 1.0 section 3.3.3 has white space in an attribute read as spaces, which the other parser leaves alone.
    const read = (value: string | undefined) => value?.replace(/\r\n|[\t\n\r]/g, ' ');
    expect({ from: read(result.stanza.from), to: read(result.stanza.to) }).toEqual({
      from: read(attrs['from']),
      to: read(attrs['to']),
    });
  },
});
