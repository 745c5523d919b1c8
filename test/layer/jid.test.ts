import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJid, parseBareJid, parseJid, prepareDomain, sameJid, splitJid } from '../../functions/layer/jid.ts';

const textOf = (text: string): string | undefined => {
  const result = parseJid(text);
  return 'jid' in result ? formatJid(result.jid) : undefined;
};

describe('a JID', () => {
  it.each([
    ['Bob@Example.COM', 'bob@example.com'],
    ['bob@example.com/Desk', 'bob@example.com/Desk'],
    ['example.com', 'example.com'],
    ['example.com./r', 'example.com/r'],
    ['bob@example.com/a@b/c', 'bob@example.com/a@b/c'],
    ['e\u0301ve@example.com', 'éve@example.com'],
    ['ｂｏｂ@example.com', 'bob@example.com'],
    ['Straße@example.com', 'strasse@example.com'],
    ['marcel·lí@example.com', 'marcel·lí@example.com'],
    ['צ׳רלי@example.com', 'צ׳רלי@example.com'],
    ['i♥xmpp@example.com', 'i♥xmpp@example.com'],
    ['€uro@example.com', '€uro@example.com'],
    ['a²@example.com', 'a2@example.com'],
    ['ﬀoo@example.com', 'ffoo@example.com'],
    ['ΣΊΣΥΦΟΣ@example.com', 'σίσυφοσ@example.com'],
    ['bob@STRASSE。example', 'bob@strasse.example'],
    ['bob@straße.example', 'bob@strasse.example'],
    ['bob@example.com/Ångström', 'bob@example.com/Ångström'],
    ['bob@example.com/ＤＥＳＫ', 'bob@example.com/DESK'],
    ['bob@xn--bcher-kva.example', 'bob@bücher.example'],
    ['bob@BÜCHER.example', 'bob@bücher.example'],
    ['bob@chat_server.internal', 'bob@chat_server.internal'],
    ['bob@192.0.2.1', 'bob@192.0.2.1'],
    ['bob@[2001:DB8::1]', 'bob@[2001:db8::1]'],
    ['bob@example.com/a\u00a0b', 'bob@example.com/a b'],
    [`${'a'.repeat(1023)}@example.com`, `${'a'.repeat(1023)}@example.com`],
  ])('%j is prepared as %j', (text, prepared) => {
    expect(textOf(text)).toBe(prepared);
  });

  it.each([
    '',
    '@example.com',
    'bob@',
    'bob@example.com/',
    'a@b@example.com',
    "a'b@example.com",
    'a b@example.com',
    'a"b@example.com',
    'a&b@example.com',
    'a:b@example.com',
    'a<b@example.com',
    '＠@example.com',
    'a\u0000b@example.com',
    'a\u200db@example.com',
    '\u00ad@example.com',
    'ann@example.com/\u00ad',
    'ann@example.com/a\u200b',
    'a\ufe0f@example.com',
    'a\ufeff@example.com',
    'a\u034fb@example.com',
    'ann@exam\u00adple.com',
    'a＂b@example.com',
    'a／b@example.com',
    'a﹫b@example.com',
    'a\uffe3b@example.com',
    'אa@example.com',
    'א1@example.com',
    'bob@xn--strae-oqa.example',
    'bob@exa℀mple.com',
    '\u{1f600}@example.com/x',
    'a\u{2f868}\ue000@example.com',
    'a\ud800b@example.com',
    '😀@example.com',
    `${'a'.repeat(1024)}@example.com`,
    `${'é'.repeat(512)}@example.com`,
    'bob@exa mple.com',
    'bob@example..com',
    'bob@.',
    'bob@example.com:5222',
    'bob@[::g]',
    'bob@xn--\u00fc.example',
    'bob@xn--example',
    'bob@xn--bcher-kva.xn--example',
    'bob@example.com/a\u0007b',
    'bob@example.com/a\ud800b',
    `bob@example.com/${'a'.repeat(1024)}`,
  ])('%j is refused', (text) => {
    expect(parseJid(text)).toHaveProperty('problem');
  });

  it('is bare only without a resource, and with a local part', () => {
    expect(parseBareJid('bob@example.com/desk')).toHaveProperty('problem');
    expect(parseBareJid('example.com')).toHaveProperty('problem');
    expect(parseBareJid('bob@example.com')).toHaveProperty('jid');
  });

  it('prepared once more is the same, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (local, resource) => {
        const prepared = textOf(`${local}@Example.com/${resource}`);
        if (prepared !== undefined) expect(textOf(prepared)).toBe(prepared);
      }),
      { numRuns: 5_000 },
    );
  });

  it('never has its text in the problem', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 12 }), (text) => {
        const result = parseJid(`canary${text} @x`);
        expect('problem' in result && result.problem).not.toContain('canary');
      }),
    );
  });

  it('is the same as another spelling of it that the server may tell', () => {
    expect(sameJid('strasse@example.com', 'Straße@example.com')).toBe(true);
    expect(sameJid('bob@bücher.example', 'bob@xn--bcher-kva.example')).toBe(true);
    expect(sameJid('a@example.com', 'b@example.com')).toBe(false);
    expect(sameJid('\u{1f600}@example.com', '\u{1f600}@example.com')).toBe(true);
  });

  it('that the server tells is split, whatever its parts are', () => {
    expect(splitJid('♥@x/a@b/c')).toEqual({ local: '♥', domain: 'x', resource: 'a@b/c' });
    expect(splitJid('example.com')).toEqual({ local: '', domain: 'example.com', resource: '' });
    expect(splitJid('\u{1f600} @x')).toEqual({ local: '\u{1f600} ', domain: 'x', resource: '' });
  });

  it('has a domain of its own preparation', () => {
    expect(prepareDomain('EXAMPLE.com')).toBe('example.com');
    expect(prepareDomain('a@b')).toHaveProperty('problem');
  });
});

describe('the time that a JID takes', () => {
  it.each([
    ['letters before what is none', `${'r'.repeat(1_000)}\ufffd@x`],
    ['marks in the wrong order', `a${'\u0316\u0301'.repeat(1_000_000)}@x`],
    ['marks in the wrong order, in the resource', `a@x/${'\u0316\u0301'.repeat(1_000_000)}`],
  ])('is little for %s', (_, text) => {
    const started = performance.now();
    expect(parseJid(text)).toHaveProperty('problem');
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('is little also where a server names such a one', () => {
    const started = performance.now();
    expect(sameJid(`a${'\u0316\u0301'.repeat(1_000_000)}@x`, 'a@x')).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('a domain', () => {
  it.each(['\u2150', 'a\u2100b'])('that is mapped to what no host name has is refused: %s', (domain) => {
    expect(parseJid(`a@${domain}`)).toHaveProperty('problem');
  });
});
