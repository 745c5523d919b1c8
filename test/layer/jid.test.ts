import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJid, parseBareJid, parseJid, sameJid, splitJid } from '../../functions/layer/xmpp/jid.ts';
import { prepareDomain } from '../../functions/layer/xmpp/jid-parts.ts';

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
    ['straße@example.com', 'strasse@example.com'],
    ['σίσυφος@example.com', 'σίσυφοσ@example.com'],
    ['marcel·lí@example.com', 'marcel·lí@example.com'],
    ['צ׳רלי@example.com', 'צ׳רלי@example.com'],
    ['i♥xmpp@example.com/♥', 'i♥xmpp@example.com/♥'],
    ['€uro@example.com', '€uro@example.com'],
    ['a²@example.com/a²', 'a2@example.com/a2'],
    ['ﬀoo@example.com', 'ffoo@example.com'],
    ['bob@straße.example', 'bob@strasse.example'],
    ['bob@ｅxample．com', 'bob@example.com'],
    ['bob@example。com｡', 'bob@example.com'],
    ['bob@example.com/Straße', 'bob@example.com/Straße'],
    ['bob@bücher.xn--bcher-kva', 'bob@bücher.bücher'],
    ['bob@xn--strae-oqa.example', 'bob@xn--strae-oqa.example'],
    ['bob@bücher.xn--strae-oqa', 'bob@bücher.xn--strae-oqa'],
    ['bob@xn--bcher-kva.xn--strae-oqa', 'bob@bücher.xn--strae-oqa'],
    ['bob@xn--4dbc5h.example', 'bob@xn--4dbc5h.example'],
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
    'a\ud800b@example.com',
    '😀@example.com',
    '\u00ad@example.com',
    'ann\u00ad@example.com',
    'ann@example.com/\u00ad',
    'ann@example.com/a\u200c',
    'ann@exam\u00adple.com',
    '\u2060@example.com',
    'ann\ufe0f@example.com',
    'ann@example.com/♥\ufe0f',
    '\ufeffann@example.com',
    'ann\u034f@example.com',
    'ann\u180e@example.com',
    'ann＠example.com',
    'ann＂@example.com',
    'ann／@example.com',
    'ann\ufe6b@example.com',
    '℀@example.com',
    'a\u00a0b@example.com',
    'ann@example.com／x',
    'ann@。',
    'ann@example。。com',
    'ann@example\u2488',
    '㏆@example.com',
    'אa@example.com',
    'א1@example.com',
    'ann@א.example',
    'ann@bücher.xn--4dbc5h',
    'a\u0301\u0327\u0323@example.com',
    '\u0378@example.com',
    'ann@xn--abc-.example',
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

  it('does not change if it is prepared again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (local, resource) => {
        const prepared = textOf(`${local}@Example.com/${resource}`);
        if (prepared !== undefined) expect(textOf(prepared)).toBe(prepared);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not quoted in the problem', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 12 }), (text) => {
        const result = parseJid(`canary${text} @x`);
        expect('problem' in result && result.problem).not.toContain('canary');
      }),
    );
  });

  it('is the same as the JID that the server told, however that spells it', () => {
    expect(sameJid('strasse@example.com', 'strasse@example.com')).toBe(true);
    expect(sameJid('Strasse@Example.com', 'strasse@example.com')).toBe(true);
    expect(sameJid('a@xn--bcher-kva.example', 'a@bücher.example')).toBe(true);
    expect(sameJid('a@example.com', 'b@example.com')).toBe(false);
    expect(sameJid('\u00ad@example.com', 'example.com')).toBe(false);
  });

  it('is split as it is if the server told it', () => {
    expect(splitJid('I♥@xn--Bcher/a/b@c')).toEqual({ local: 'I♥', domain: 'xn--Bcher', resource: 'a/b@c' });
    expect(splitJid('gateway.example')).toEqual({ local: '', domain: 'gateway.example', resource: '' });
  });

  it('says that a character is dropped, refused, or mixes writing directions', () => {
    expect(parseJid('a\u00ad@x')).toEqual({ problem: expect.stringContaining('invisible characters') });
    expect(parseJid('😀@x')).toEqual({ problem: expect.stringContaining('Unicode 3.2') });
    expect(parseJid('אa@x')).toEqual({ problem: expect.stringContaining('writing directions') });
    expect(parseJid('a\u0301\u0327\u0323@x')).toEqual({ problem: expect.stringContaining('canonical order') });
  });

  it.each(['ann@example.com', 'ANN@example.com', 'ａｎｎ@example.com', 'ann@EXAMPLE.com.', 'ann@ｅxample.com'])(
    'of the account %j has one form, by whichever spelling it passes',
    (spelling) => {
      expect(textOf(spelling)).toBe('ann@example.com');
    },
  );

  it('has a domain of its own preparation', () => {
    expect(prepareDomain('EXAMPLE.com')).toBe('example.com');
    expect(prepareDomain('a@b')).toHaveProperty('problem');
  });
});

describe('the time that a JID takes', () => {
  it.each([
    ['letters before another character', `${'r'.repeat(1_000)}\ufffd@x`],
    ['marks in the wrong order', `a${'\u0316\u0301'.repeat(1_000_000)}@x`],
    ['marks in the wrong order, in the resource', `a@x/${'\u0316\u0301'.repeat(1_000_000)}`],
  ])('is little for %s', (_, text) => {
    const started = performance.now();
    expect(parseJid(text)).toHaveProperty('problem');
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('is little also if a server names such a one', () => {
    const started = performance.now();
    expect(sameJid(`a${'\u0316\u0301'.repeat(1_000_000)}@x`, 'a@x')).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('a domain', () => {
  it.each(['\u2150', '\u3131', 'a\u2100b'])('that is mapped to what no host name has is refused: %s', (domain) => {
    expect(parseJid(`a@${domain}`)).toHaveProperty('problem');
  });
});
