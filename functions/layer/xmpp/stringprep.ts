/**
 * Implements stringprep (RFC 3454) as ejabberd does: tables B.1 and B.2, NFKC, prohibited output and writing directions, by
 * Unicode 3.2. Node.js folds and normalizes by a newer Unicode, so that this file lists the characters that differ.
 */
import { CLASSES } from './stringprep-table.ts';

/** The prepared text, or the reason why ejabberd would refuse it or read another text. */
export type Preparation = { readonly text: string } | { readonly problem: PreparationProblem };

/**
 * - `dropped`: a character that table B.1 drops, such as a soft hyphen.
 * - `refused`: a character that ejabberd refuses, or one that it folds differently the second time.
 * - `order`: combining marks that ejabberd leaves in an order that is not canonical.
 * - `direction`: left-to-right and right-to-left letters together (RFC 3454 section 6).
 * - `length`: a text that is too long for a part after normalization.
 */
export type PreparationProblem = 'dropped' | 'refused' | 'order' | 'direction' | 'length';

/** Table B.1. */
const DROPPED = /[\u00ad\u1806\u200b-\u200d\u2060\ufeff]|\u034f|[\u180b-\u180d]|[\ufe00-\ufe0f]/;

/** The characters that table B.2 keeps, because their lower case is newer than Unicode 3.2 or belongs to two letters (`ı`). */
const KEPT = /[\u0131\u04c0\u10a0-\u10c5\u13a0-\u13f4\u2132\u2183]/;

/** `㏆` becomes `C∕kg`, and that becomes `c∕kg`, so that no form is stable. */
const NOT_STABLE = /\u33c6/;

/** Ideographs whose decomposition Unicode corrected after 3.2 (Corrigendum 4). */
const CORRECTED: ReadonlyMap<string, string> = new Map([
  ['\u{2f868}', '\u{2136a}'],
  ['\u{2f874}', '\u5f33'],
  ['\u{2f91f}', '\u43ab'],
  ['\u{2f95f}', '\u7aae'],
  ['\u{2f9bf}', '\u4d57'],
]);

/**
 * Prepares a text as ejabberd does.
 *
 * @param text a part of a JID with characters outside ASCII, in at most `maxUnits` code units
 * @param options `foldsCase` for a local part or domain (table B.2). `maxUnits` limits the mapped text, because the time to
 *   normalize grows with the square of a run of marks
 * @returns the text that ejabberd keeps, which is stable, or the problem
 * @example
 * stringprep('Straße', { foldsCase: true, maxUnits: 4_092 }) // { text: 'strasse' }
 */
export function stringprep(
  text: string,
  { foldsCase, maxUnits }: { readonly foldsCase: boolean; readonly maxUnits: number },
): Preparation {
  if (DROPPED.test(text)) return { problem: 'dropped' };
  const characters = Array.from(text);
  const isRefused = (character: string) => classOf(character) === 'X' || (foldsCase && NOT_STABLE.test(character));
  if (characters.some(isRefused)) return { problem: 'refused' };
  const mapped = characters.map(foldsCase ? folded : compatible);
  const decomposed = mapped.map((part) => part.normalize('NFD')).join('');
  if (decomposed.length > maxUnits) return { problem: 'length' };
  const ordered = decomposed.normalize('NFD');
  // ejabberd sorts a pair of marks. It compares a third mark only with the first.
  if (ordered !== decomposed && /\p{M}{3}/u.test(decomposed)) return { problem: 'order' };
  const prepared = ordered.normalize('NFC');
  return isOneDirection(prepared) ? { text: prepared } : { problem: 'direction' };
}

function compatible(character: string): string {
  return CORRECTED.get(character) ?? character.normalize('NFKC');
}

/** Folds case. Upper case comes first because it folds characters that lower case keeps, such as `ß` and `ς`. */
function folded(character: string): string {
  const text = compatible(character);
  return KEPT.test(text) ? text : text.toUpperCase().toLowerCase();
}

/** A text with a right-to-left letter must begin and end with one, and have no left-to-right letter (RFC 3454 section 6). */
function isOneDirection(text: string): boolean {
  const classes = Array.from(text, classOf);
  if (!classes.includes('R')) return true;
  return classes.at(0) === 'R' && classes.at(-1) === 'R' && !classes.includes('L');
}

let classes: string | undefined;

/** Returns `X` for refused, `L` for left-to-right (table D.2), `R` for right-to-left (table D.1), `N` for neither. */
function classOf(character: string): string {
  classes ??= expandedClasses();
  return classes.charAt(Number(character.codePointAt(0))) || 'X';
}

/** Returns one letter for each code point. It runs on demand, because most JIDs are ASCII. */
function expandedClasses(): string {
  return CLASSES.replace(/([0-9a-z]+)([A-Z])/g, (_, length, name) => name.repeat(Number.parseInt(length, 36)));
}
