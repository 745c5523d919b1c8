import { describe, expect, it } from 'vitest';
import { readStanza } from '../../functions/layer/stanza.lazy.ts';

describe('a stanza', () => {
  it.each([
    ['<message/>', {}],
    [' <presence to="bob@example.com"/>\n', { to: 'bob@example.com' }],
    [`<iq id='1' from='a&amp;b@example.com'/>`, { from: 'a&b@example.com' }],
    ['<message xmlns="jabber:client" to="&#98;ob@example.com"/>', { to: 'bob@example.com' }],
    ['<message><body><![CDATA[<!DOCTYPE x>]]></body></message>', {}],
    ['<message xmlns:x="urn:x" x:to="other@example.com"/>', {}],
    ['<message><message to="inner@example.com"/></message>', {}],
  ])('%s has its addresses read', (text, addresses) => {
    expect(readStanza(text)).toEqual({ addresses: { from: undefined, to: undefined, ...addresses } });
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
