/** Texts of several characters, in which Unicode 3.2 and the Unicode of Node.js could differ. */
import fc from 'fast-check';

/** Letters and marks that meet the special cases of folding, composing, ordering and writing directions. */
const SPECIAL = [
  ...'aoßςΣσİıǰΐᾳᾼŉẞẛﬀ²ℵK㏆<>=1·٣٫♥€Ａｶﾞאבש׳ابيىء가각かは',
  ...'\u0301\u0308\u0323\u0327\u0338\u0345\u0344\u0340\u05b8\u05bc\u05c1\ufb2c\u064b\u0651\u0654',
  ...'\u1100\u1161\u11a7\u11a8\u09c7\u09be\u09d7\u0b47\u0b3e\u0b57\u0f71\u0f72\u0f73\u0f80\u3099\u309a\u1d165\u1d16e',
  ...'\u2126\u212b\u00ad\u200d\u{2f868}\u{2f91f}\u10a0\u13a0\u{10400}\u{1f600}',
];

/** Texts of one to six characters: mostly special ones, else any that ejabberd allows. */
export function randomSequences(allowed: readonly string[], count: number): readonly string[] {
  const character = fc.oneof(
    { arbitrary: fc.constantFrom(...SPECIAL), weight: 3 },
    { arbitrary: fc.constantFrom(...allowed), weight: 1 },
  );
  return fc.sample(
    fc.array(character, { minLength: 1, maxLength: 6 }).map((characters) => characters.join('')),
    count,
  );
}

/** Every first part of a canonical decomposition before every second one, and the jamo of Hangul, composed or not. */
export function compositions(allowed: readonly string[]): readonly string[] {
  const firsts = new Set([...'가각개힣\u1100\u1112\u1113']);
  const seconds = new Set([...'\u1161\u1175\u1176\u11a7\u11a8\u11c2\u11c3']);
  for (const character of allowed.filter((one) => !/\p{Script=Hangul}/u.test(one))) {
    const parts = Array.from(character.normalize('NFD'));
    for (const [index, part] of parts.slice(1).entries()) {
      firsts.add(
        parts
          .slice(0, index + 1)
          .join('')
          .normalize('NFC'),
      );
      seconds.add(part);
    }
  }
  return [...firsts].flatMap((first) => [...seconds].map((second) => first + second));
}

/** Two marks after a letter, in either order: every mark with one of each combining class, which decides the order. */
export function markPairs(allowed: readonly string[]): readonly string[] {
  const marks = allowed.filter((character) => /^\p{M}$/u.test(character));
  const ofEachClass: string[] = [];
  for (const mark of marks) {
    const isOfAnotherClass = (other: string) => isReordered(mark + other) || isReordered(other + mark);
    if (ofEachClass.every(isOfAnotherClass)) ofEachClass.push(mark);
  }
  return ofEachClass.flatMap((first) => marks.flatMap((second) => [`o${first}${second}`, `o${second}${first}`]));
}

function isReordered(text: string): boolean {
  return text.normalize('NFD') !== Array.from(text, (character) => character.normalize('NFD')).join('');
}
