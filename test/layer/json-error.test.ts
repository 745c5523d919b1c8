import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstJsonError } from '../../functions/layer/events/json-error.ts';

describe('the first mistake in a text that is not JSON', () => {
  it.each([
    ['', 'expected a value, at line 1, column 1'],
    ['{"a":1,}', 'expected the name of a member in double quotes, at line 1, column 8'],
    ['{a:1}', 'expected the name of a member in double quotes or "}", at line 1, column 2'],
    ["{'a':1}", 'expected the name of a member in double quotes or "}", at line 1, column 2'],
    ['{"a"=1}', 'expected ":", at line 1, column 5'],
    ['{"a":1\n "b":2}', 'expected "," or "}", at line 2, column 2'],
    ['{"a":\r\n\tTrue}', 'expected a value, at line 2, column 2'],
    ['[1 2]', 'expected "," or "]", at line 1, column 4'],
    ['[1,]', 'expected a value, at line 1, column 4'],
    ['[', 'expected a value or "]", at line 1, column 2'],
    ['{"a":1', 'expected "," or "}", at line 1, column 7'],
    ['{"a":"x', 'expected the quotation mark that ends a string, at line 1, column 8'],
    ['{"a":"x\ny"}', 'a string holds a control character, at line 1, column 8'],
    ['"\\x"', 'a string holds an invalid escape, at line 1, column 2'],
    ['{} {}', 'expected nothing after the value, at line 1, column 4'],
    ['01', 'expected nothing after the value, at line 1, column 2'],
    ['[+1]', 'expected a value or "]", at line 1, column 2'],
    ['{"a":undefined}', 'expected a value, at line 1, column 6'],
  ])('of %j is: %s', (text, fault) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(firstJsonError(text)).toBe(fault);
  });

  const broken = fc
    .record({
      json: fc.json(),
      at: fc.nat(),
      by: fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'x', '\n'),
    })
    .map(({ json, at, by }) => {
      const index = at % (json.length + 1);
      return json.slice(0, index) + by + json.slice(index + 1);
    });

  it('is where V8 finds it, if V8 tells', () => {
    fc.assert(
      fc.property(fc.oneof(broken, fc.string()), (text) => {
        const message = messageOfParser(text);
        if (message === undefined) return;
        const [, line, column] = /, at line (\d+), column (\d+)$/.exec(firstJsonError(text)) ?? [];
        expect({ line, column }).toEqual({ line: expect.any(String), column: expect.any(String) });
        expect(firstJsonError(text)).not.toBe(`expected nothing after the value, at line 1, column ${text.length + 1}`);
        const [, ofV8] = /JSON at position \d+ \(line \d+ column (\d+)\)/.exec(message) ?? [];
        // Of numbers and escapes V8 tells a place inside; here it is where they begin.
        if (ofV8 !== undefined && /Expected|Unterminated string|after JSON/.test(message)) expect(column).toBe(ofV8);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is past the end of every text that is JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const [line = '', ...more] = text.split('\n');
        expect(more).toEqual([]);
        expect(firstJsonError(text)).toBe(`expected nothing after the value, at line 1, column ${line.length + 1}`);
      }),
    );
  });

  it('is found in a long text, however deep or full of escapes', () => {
    expect(firstJsonError('['.repeat(1_000_000))).toBe('expected a value or "]", at line 1, column 1000001');
    expect(firstJsonError(`"${'\\n'.repeat(1_000_000)}`)).toContain('column 2000002');
    expect(firstJsonError(`"${'a'.repeat(8_000_000)}`)).toContain('column 8000002');
  });
});

function messageOfParser(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
