const ASCII = /^[\x00-\x7f]*$/;

/**
 * Tells whether a text has only ASCII characters.
 *
 * @example
 * isAscii('bücher') // false
 */
export function isAscii(text: string): boolean {
  return ASCII.test(text);
}
