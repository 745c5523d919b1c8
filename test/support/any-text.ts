/** Texts that are hard to write in XML, for property tests of the encoder. */
import fc from 'fast-check';

/** Strings that have a meaning in XML or XML-RPC, that careless escaping breaks, or that are easily lost. */
export const HARD_TEXTS: readonly string[] = [
  ...['<', '>', '&', '"', "'", ']]>', '<![CDATA[', '<!--', '-->', '<?x', '?>', '&amp;', '&#13;', '&lt', ';'],
  ...['$&', '%s'],
  ...['</string></value>', '<value><string>', '</member><member><name>from</name>', '</param><param>', '<!DOCTYPE x>'],
  ...['\r', '\n', '\r\n', '\t', ' ', '\u0085', '\u2028', '\u00a0', '\ufeff', '\u007f', '\ufdd0', '\u0000', '\u001b'],
  ...['\ufffe', '\uffff', '\ud83d', '\ude00', '😀', '👩‍👩‍👧', '𝒜', 'é', 'e\u0301', 'مرحبا', '\u{10ffff}'],
  'x'.repeat(9_000),
];

/** Any text, most often one of hard pieces. */
export const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...HARD_TEXTS), { maxLength: 12 }).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 200 }) },
);

/** Returns whether XML 1.0 (section 2.2) can carry every character of a text. */
export function isCarriedByXml(text: string): boolean {
  return [...text].every((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return code === 9 || code === 10 || code === 13;
    return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || code > 0xffff;
  });
}
