import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEncoder, type Encodable } from '../../functions/layer/xmlrpc/encode.ts';
import { EncodeError } from '../../functions/layer/xmlrpc/errors.ts';
import { writeForm } from '../../functions/layer/xmlrpc/forms.lazy.ts';
import { anyText, isCarriedByXml } from '../support/any-text.ts';
import { parseStrictly } from '../support/strict-call.ts';

const encode = createEncoder(writeForm);

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('a call', () => {
  it('brings any two strings to the receiver unchanged and in their own members, or is refused', () => {
    let sent = 0;
    let refused = 0;
    fc.assert(
      fc.property(anyText, anyText, (one, two) => {
        const params = [{ from: one, groups: [two, one], to: two }];
        if (isCarriedByXml(one) && isCarriedByXml(two)) {
          expect(parseStrictly(encode('send_stanza', params))).toEqual({ method: 'send_stanza', params });
          sent += 1;
        } else {
          expect(() => encode('send_stanza', params)).toThrow(EncodeError);
          refused += 1;
        }
      }),
      { numRuns: 500 },
    );
    expect(Math.min(sent, refused)).toBeGreaterThan(50);
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

  it('that contains itself is refused, and does not end the process', () => {
    const knot: Record<string, Encodable> = {};
    knot['again'] = knot;
    expect(() => encode('m', [knot])).toThrow(EncodeError);
  });

  it('may nest 32 levels deep, and no deeper', () => {
    const nested = (levels: number): Encodable => (levels === 0 ? 1 : [nested(levels - 1)]);
    expect(parseStrictly(encode('m', [nested(32)])).params).toEqual([nested(32)]);
    expect(() => encode('m', [nested(33)])).toThrow(/ is nested more than 32 levels deep$/);
  });

  it('with a hole in a list is refused', () => {
    expect(() => encode('m', [Array(2) as Encodable])).toThrow(EncodeError);
  });
});
