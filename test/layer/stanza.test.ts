import { describe, expect, it } from 'vitest';
import { readStanza } from '../../functions/layer/xmpp/stanza.lazy.ts';

describe('a stanza', () => {
  it.each([
    ['<message/>', {}],
    [' <presence to="bob@example.com"/>\n', { to: 'bob@example.com' }],
    [`<iq id='1' from='a&amp;b@example.com'/>`, { from: 'a&b@example.com' }],
    ['<message xmlns="jabber:client" to="&#98;ob@example.com"/>', { to: 'bob@example.com' }],
    ['<message><body><![CDATA[<!DOCTYPE x>]]></body></message>', {}],
    ['<message xmlns:x="urn:x" x:to="other@example.com"/>', {}],
    ['<message><message to="inner@example.com"/></message>', {}],
    ['<message><a xmlns:x="urn:a"><x:b/></a><c xmlns:x="urn:c"><x:b><x:b/></x:b></c></message>', {}],
  ])('%s has its addresses read', (text, addresses) => {
    expect(readStanza(text)).toMatchObject({ stanza: { from: undefined, to: undefined, ...addresses } });
  });

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['text after it', '<message/>hello'],
    ['two roots', '<message/><message/>'],
    ['no end', '<message><body>'],
    ['crossed tags', '<message><a><b></a></b></message>'],
    ['another element', '<stream/>'],
    ['another namespace', '<message xmlns="urn:x"/>'],
    ['a prefixed root', '<c:message xmlns:c="jabber:client"/>'],
    ['an unbound prefix', '<message><x:y/></message>'],
    ['a prefix used after its element', '<message><a xmlns:x="urn:a"><x:b/></a><x:b/></message>'],
    [
      'two attributes of one namespace and name',
      '<message xmlns:x="urn:a"><a xmlns:y="urn:a" x:b="" y:b=""/></message>',
    ],
    ['an attribute twice', '<message to="a@b" to="c@d"/>'],
    ['an unknown entity', '<message>&nbsp;</message>'],
    ['a bare ampersand', '<message>a & b</message>'],
    ['a control character', '<message>&#1;</message>'],
    ['an XML declaration', '<?xml version="1.0"?><message/>'],
    ['a DTD', '<!DOCTYPE message [<!ENTITY x "y">]><message/>'],
    ['a comment', '<message><!-- x --></message>'],
    ['a processing instruction', '<message><?x y?></message>'],
    ['an iq without id', '<iq type="get"/>'],
    ['an iq with an empty id', '<iq type="get" id=""/>'],
  ])('with %s is refused', (_, text) => {
    expect(readStanza(text)).toHaveProperty('problems');
  });

  it.each([
    ['a receiver list', '<message><addresses xmlns="http://jabber.org/protocol/address"/></message>', true],
    ['one with a prefix', '<message xmlns:a="http://jabber.org/protocol/address"><a:addresses/></message>', true],
    [
      'one that is forwarded',
      '<message><x><addresses xmlns="http://jabber.org/protocol/address"/></x></message>',
      false,
    ],
    [
      'one whose prefix an inner element redeclares',
      '<message xmlns:a="urn:x"><a:addresses xmlns:a="http://jabber.org/protocol/address"/></message>',
      true,
    ],
    [
      'an element whose prefix means something else again',
      '<message xmlns:a="urn:x"><b xmlns:a="http://jabber.org/protocol/address"/><a:addresses/></message>',
      false,
    ],
    ['an element of another namespace', '<message><addresses xmlns="urn:x"/></message>', false],
  ])('with %s tells whether it names other receivers', (_, text, hasAddresses) => {
    expect(readStanza(text)).toMatchObject({ stanza: { name: 'message', hasAddresses } });
  });

  const nested = (levels: number) => '<a>'.repeat(levels - 1) + '</a>'.repeat(levels - 1);
  const attributes = (count: number) => Array.from({ length: count }, (_, index) => ` a${index}=""`).join('');
  it.each([
    ['32 levels', `<message>${nested(32)}</message>`],
    ['64 attributes', `<message><x${attributes(64)}/></message>`],
    ['64 attributes on each of two elements', `<message><x${attributes(64)}/><x${attributes(64)}/></message>`],
    ['names of 256 bytes', `<message><${'é'.repeat(128)} ${'b'.repeat(256)}=""/></message>`],
  ])('with %s is within the limits', (_, text) => {
    expect(readStanza(text)).toHaveProperty('stanza');
  });

  it.each([
    ['33 levels', `<message>${nested(33)}</message>`, /^must not nest more than 32 elements, at line 1, column \d+$/],
    ['65 attributes', `<message><x${attributes(65)}/></message>`, /^must not have more than 64 attributes/],
    ['an element’s name of 257 bytes', `<message><${'é'.repeat(128)}a/></message>`, /longer than 256 bytes/],
    ['an attribute’s name of 257 bytes', `<message ${'b'.repeat(257)}=""/>`, /longer than 256 bytes/],
  ])('with %s is past the limits', (_, text, problem) => {
    expect(readStanza(text)).toEqual({ problems: [expect.stringMatching(problem)] });
  });

  it.each([
    ['<message>&nbsp;</message>', 'undefined entity, at line 1, column 15; write the character itself'],
    ['<message><body>', 'unclosed tag, at line 1, column 15; close each element'],
    ['<message/><message/>', 'documents may contain only one root, at line 1, column 19; send one stanza in each call'],
    ['', 'no whole element, at line 1, column 1'],
    ['<message', 'no whole element, at line 1, column 8'],
    ['<message/> hello', 'text outside of the element, at line 1, column 16'],
    ['Tom & Jerry', 'text outside of the element, at line 1, column 1; write it as <message><body>…</body></message>'],
    ['<message>2 < 3</message>', 'disallowed character in tag name, at line 1, column 13; write a < of a text as &lt;'],
    ['<message><![CDATA[Tom & Jerry', 'unclosed tag, at line 1, column 29; close each element'],
    ['<message><canary:x/></message>', 'unbound namespace prefix, at line 1, column 20'],
  ])('%s is refused with line, column and the parser’s reason', (text, reason) => {
    expect(readStanza(text)).toHaveProperty('problems.0', `must be one well-formed XML element: ${reason}`);
  });

  it.each([
    ['<message><body>\nTom & Jerry</body></message>', 'line 2, column 5'],
    ['<message><body>a&b;&</body></message>', 'line 1, column 20'],
    ['<message><body><![CDATA[a & b]]>&amp; & c</body></message>', 'line 1, column 39'],
    ['<message><![CDATA[&]]><![CDATA[&]]>a & b<![CDATA[<![CDATA[', 'line 1, column 38'],
  ])('%s is refused with the place of the bare ampersand', (text, place) => {
    expect(readStanza(text)).toHaveProperty('problems.0', `must have & written as &amp;, at ${place}`);
  });

  it('nested without end is refused early', () => {
    const depth = 200_000;
    expect(readStanza(`<message>${'<a>'.repeat(depth)}`)).toEqual({
      problems: [expect.stringContaining('must not nest')],
    });
  });

  it('has every problem told, and none of its text', () => {
    const result = readStanza('<canary><!-- canary -->&canary;</canary>');
    expect('problems' in result && result.problems).toHaveLength(3);
    expect(JSON.stringify(result)).not.toContain('canary');
  });
});
