/** Finds the first error in text that is not JSON. The messages of `JSON.parse` quote the text, and often lack a position. */

/** The tokens that may come next. */
type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma or ]' | 'comma or }' | 'end';

const REASONS: Readonly<Record<Expected, string>> = {
  value: 'expected a value',
  'value or ]': 'expected a value or "]"',
  name: 'expected the name of a member in double quotes',
  'name or }': 'expected the name of a member in double quotes or "}"',
  colon: 'expected ":"',
  'comma or ]': 'expected "," or "]"',
  'comma or }': 'expected "," or "}"',
  end: 'expected nothing after the value',
};

// RFC 8259 sections 2, 3, 6 and 7.
const SPACE = /[ \t\n\r]*/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/**
 * Describes the first error in text that is not JSON (RFC 8259).
 *
 * @returns the expected token, with line and column counted from 1. It quotes nothing of the text
 * @example
 * firstJsonError('{"user":"bob",}') // 'expected the name of a member in double quotes, at line 1, column 15'
 */
export function firstJsonError(text: string): string {
  const open: ('}' | ']')[] = [];
  let at = 0;
  let expected: Expected = 'value';
  const take = (token: RegExp): boolean => {
    const end = endOf(token, text, at);
    if (end === undefined) return false;
    at = end;
    return true;
  };
  const afterValue = (): Expected => {
    const closing = open.at(-1);
    return closing === undefined ? 'end' : `comma or ${closing}`;
  };
  for (;;) {
    take(SPACE);
    const character = text[at];
    const isValue: boolean = expected.startsWith('value');
    if (character === '"' && (isValue || expected.startsWith('name'))) {
      const { end, problem } = readString(text, at);
      if (problem !== undefined) return `${problem}, ${placeOf(text, end)}`;
      at = end;
      expected = isValue ? afterValue() : 'colon';
    } else if (isValue && take(SCALAR)) {
      expected = afterValue();
    } else if (isValue && (character === '{' || character === '[')) {
      at += 1;
      open.push(character === '{' ? '}' : ']');
      expected = character === '{' ? 'name or }' : 'value or ]';
    } else if (character !== undefined && expected.endsWith(`or ${character}`)) {
      at += 1;
      open.pop();
      expected = afterValue();
    } else if (character === ',' && expected.startsWith('comma')) {
      at += 1;
      expected = expected === 'comma or }' ? 'name' : 'value';
    } else if (character === ':' && expected === 'colon') {
      at += 1;
      expected = 'value';
    } else {
      return `${REASONS[expected]}, ${placeOf(text, at)}`;
    }
  }
}

/** Returns the end of the token at an index; `undefined` if the token is not there. */
function endOf(token: RegExp, text: string, index: number): number | undefined {
  token.lastIndex = index;
  return token.test(text) ? token.lastIndex : undefined;
}

/** Returns the end of a string, or the position of its first error and a description of it. */
function readString(text: string, start: number): { readonly end: number; readonly problem?: string } {
  let at = start + 1;
  for (;;) {
    at = endOf(PLAIN, text, at) ?? at;
    if (text[at] === '"') return { end: at + 1 };
    if (at >= text.length) return { end: at, problem: 'expected the quotation mark that ends a string' };
    const end = endOf(ESCAPE, text, at);
    if (end === undefined) {
      const problem = text[at] === '\\' ? 'a string holds an invalid escape' : 'a string holds a control character';
      return { end: at, problem };
    }
    at = end;
  }
}

function placeOf(text: string, index: number): string {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < index; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  return `at line ${line}, column ${index - start + 1}`;
}
