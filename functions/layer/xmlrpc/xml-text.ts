/** Matches the characters that XML 1.0 section 2.2 does not allow. */
const UNCARRIED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * Describes why XML 1.0 can't carry a text; returns `undefined` if it can.
 *
 * @example
 * xmlProblem('a\u0000b') // 'must not hold control characters, U+FFFE or U+FFFF, which XML can not carry'
 */
export function xmlProblem(text: string): string | undefined {
  if (!text.isWellFormed()) return 'must not hold half of a surrogate pair, which is no character';
  if (UNCARRIED.test(text)) return 'must not hold control characters, U+FFFE or U+FFFF, which XML can not carry';
  return undefined;
}
