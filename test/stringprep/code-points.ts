/** Writes ejabberd's result for every code point as a table of text. */
import type { Prepared } from '../support/ejabberd/stringprep.ts';

/** The planes that hold characters, and the tags and variation selectors. Private use and what lies above is refused by us. */
const RANGES = [
  [0x0, 0xd7ff],
  [0xe000, 0x323af],
  [0xe0000, 0xe01ff],
] as const;

/** Every code point that the table has, surrogates left out, in order. */
export function codePoints(): readonly number[] {
  return RANGES.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

/**
 * Writes the table: a line for each run of code points of one behaviour, `first-last local domain resource`. A part is `-` if
 * ejabberd refuses it, `0` if it becomes empty, `=` if it stays, or the code points that it becomes, joined by `+`.
 *
 * @param answers one for each of {@link codePoints}
 */
export function formatTable(answers: readonly Prepared[]): string {
  const runs: { first: number; last: number; words: string }[] = [];
  for (const [index, codePoint] of codePoints().entries()) {
    const words = wordsOf(String.fromCodePoint(codePoint), answers[index]);
    const run = runs.at(-1);
    if (run?.words === words && run.last === codePoint - 1) run.last = codePoint;
    else runs.push({ first: codePoint, last: codePoint, words });
  }
  return runs.map(({ first, last, words }) => `${hex(first)}-${hex(last)} ${words}\n`).join('');
}

/** Reads a table of {@link formatTable}: the answer for each code point. */
export function parseTable(table: string): ReadonlyMap<number, Prepared> {
  const answers = new Map<number, Prepared>();
  for (const line of table.trimEnd().split('\n')) {
    const [range = '', ...words] = line.split(' ');
    const [first = 0, last = 0] = range.split('-').map((word) => Number.parseInt(word, 16));
    for (let codePoint = first; codePoint <= last; codePoint += 1) {
      const [local, domain, resource] = words.map((word) => textOf(word, codePoint));
      answers.set(codePoint, { local, domain, resource });
    }
  }
  return answers;
}

function wordsOf(text: string, answer: Prepared | undefined): string {
  return [answer?.local, answer?.domain, answer?.resource].map((part) => wordOf(text, part)).join(' ');
}

function wordOf(text: string, prepared: string | undefined): string {
  if (prepared === undefined) return '-';
  if (prepared === '') return '0';
  return prepared === text ? '=' : Array.from(prepared, (character) => hex(character.codePointAt(0) ?? 0)).join('+');
}

function textOf(word: string, codePoint: number): string | undefined {
  if (word === '-') return undefined;
  if (word === '0') return '';
  if (word === '=') return String.fromCodePoint(codePoint);
  return String.fromCodePoint(...word.split('+').map((part) => Number.parseInt(part, 16)));
}

function hex(codePoint: number): string {
  return codePoint.toString(16).padStart(4, '0');
}
