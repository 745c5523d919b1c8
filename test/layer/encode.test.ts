import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEncoder, type Encodable } from '../../functions/layer/xmlrpc/encode.ts';
import { EncodeError } from '../../functions/layer/xmlrpc/errors.ts';
import { writeForm } from '../../functions/layer/xmlrpc/forms.lazy.ts';
import { parseStrictly } from '../support/strict-call.ts';

const encode = createEncoder(writeForm);

/** XML 1.0 section 2.2, written anew: whether XML can carry every character of a text. */
const isCarried = (text: string): boolean =>
  [...text].every((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return code === 9 || code === 10 || code === 13;
    return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || code > 0xffff;
  });

/** What has a meaning to XML, to XML-RPC or to a careless escaping, and what is easily lost. */
const pieces = [
  ...[
    '<',
    '>',
    '&',
    '"',
    "'",
    ']]>',
    '<![CDATA[',
    '<!--',
    '-->',
    '<?x',
    '?>',
    '&amp;',
    '&#13;',
    '&lt',
    ';',
    '$&',
    '%s',
  ],
  ...['</string></value>', '<value><string>', '</member><member><name>from</name>', '</param><param>', '<!DOCTYPE x>'],
  ...['\r', '\n', '\r\n', '\t', ' ', '\u0085', '\u2028', '\u00a0', '\ufeff', '\u007f', '\ufdd0', '\u0000', '\u001b'],
  ...[
    '\ufffe',
    '\uffff',
    '\ud83d',
    '\ude00',
    '😀',
    '👩‍👩‍👧',
    '𝒜',
    'é',
    'e\u0301',
    'مرحبا',
    '\u{10ffff}',
    'x'.repeat(9_000),
  ],
];

const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 200 }) },
);

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('a call', () => {
  it('brings any two strings to the receiver unchanged and side by side, or is refused', () => {
    let sent = 0;
    let refused = 0;
    fc.assert(
      fc.property(anyText, anyText, (one, two) => {
        const params = [{ from: one, groups: [two, one], to: two }];
        if (isCarried(one) && isCarried(two)) {
          expect(parseStrictly(encode('send_stanza', params))).toEqual({ method: 'send_stanza', params });
          sent += 1;
        } else {
          expect(() => encode('send_stanza', params)).toThrow(EncodeError);
          refused += 1;
        }
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(sent, refused)).toBeGreaterThan(1_000);
  });

  it.each<[string, Encodable]>([
    ['no text', ''],
    ['white space at both ends', ' \t\n x \n\t '],
    ['integers of 32 bits', [-2147483648, -1, 0, 1, 2147483647]],
    ['booleans', [true, false]],
    ['an empty list and an empty struct', [[], {}]],
    ['what nests', { a: [{ b: ['c'] }] }],
    ['names of Object’s own', { constructor: 'x', toString: 'y' }],
    ['a megabyte', '<]]>&\r'.repeat(175_000)],
  ])('brings %s unchanged', (_, value) => {
    expect(parseStrictly(encode('m', [value]))).toEqual({ method: 'm', params: [value] });
  });

  it('is written by its form, which the package writes only once', () => {
    const written: string[] = [];
    const counting = createEncoder((method, params, declared) => {
      written.push(method);
      return writeForm(method, params, declared);
    });
    for (const nick of ['one', 'two']) {
      const params = [{ nick, groups: [nick] }];
      expect(parseStrictly(counting('add', params))).toEqual({ method: 'add', params });
    }
    counting('add', [{ nick: 'three', groups: [] }]);
    counting('add', [{ nick: 'three', groups: [] }], 'ISO-8859-1');
    counting('set', [{ nick: 'three', groups: [] }]);
    expect(written).toEqual(['add', 'add', 'add', 'set']);
  });

  it('has as many parameters as it was given', () => {
    expect(parseStrictly(encode('m', [{ a: '1' }, { b: '2' }])).params).toHaveLength(2);
  });

  it.each<[string, unknown, string]>([
    ['undefined', { a: undefined }, 'params[0].a'],
    ['null', [null], 'params[0][0]'],
    ['a function', () => 'canary', 'params[0]'],
    ['a symbol', Symbol('canary'), 'params[0]'],
    ['a bigint', 1n, 'params[0]'],
    ['a number with a fraction', 1.5, 'params[0]'],
    ['a number past 32 bits', 2 ** 31, 'params[0]'],
    ['no number', Number.NaN, 'params[0]'],
    ['an infinite number', Number.POSITIVE_INFINITY, 'params[0]'],
    ['a date', new Date(0), 'params[0]'],
    ['bytes', new Uint8Array(3), 'params[0]'],
    ['a map', new Map([['canary', 1]]), 'params[0]'],
    ['a boxed string', new String('canary'), 'params[0]'],
    ['a control character', { nick: 'canary\u0000' }, 'params[0].nick'],
    ['half of a surrogate pair', { list: ['canary', 'canary\ud83d'] }, 'params[0].list[1]'],
    ['a name with markup', { 'canary</name>': 'x' }, 'params[0]'],
    ['an empty name', { '': 'x' }, 'params[0]'],
  ])('of %s is refused by the path, and not quoted', (_, value, path) => {
    const error = thrownBy(() => encode('m', [value as Encodable]));
    expect(error).toBeInstanceOf(EncodeError);
    expect(String(error)).toContain(path);
    expect(String(error)).not.toContain('canary');
  });

  it.each(['', 'a b', '</methodName>', 'get\nroster'])('of the method %j is refused', (method) => {
    expect(() => encode(method, [])).toThrow(EncodeError);
  });

  it('that holds itself is refused, and does not end the process', () => {
    const knot: Record<string, Encodable> = {};
    knot['again'] = knot;
    expect(() => encode('m', [knot])).toThrow(EncodeError);
  });

  it('with a hole in a list is refused', () => {
    expect(() => encode('m', [Array(2) as Encodable])).toThrow(EncodeError);
  });
});
