/** The characters that XML 1.0 section 2.2 excludes. */
const EXCLUDED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * Describes why XML 1.0 can not hold a text; `undefined` if it can.
 *
 * @example
 * xmlProblem('a\u0000b') // 'must not hold control characters, U+FFFE or U+FFFF, because XML excludes them'
 */
export function xmlProblem(text: string): string | undefined {
  if (!text.isWellFormed()) return 'must not hold half of a surrogate pair, because it is not a character';
  if (EXCLUDED.test(text)) return 'must not hold control characters, U+FFFE or U+FFFF, because XML excludes them';
  return undefined;
}
