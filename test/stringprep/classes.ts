/** The table that the layer has of ejabberd's code points: which are refused, and which way the others are written. */
import type { Prepared } from '../support/ejabberd/stringprep.ts';
import { codePoints } from './code-points.ts';

const LINE = /.{1,110}/g;

/** Right-to-left, without a left-to-right letter, and with something between that composes with neither side. */
const ALEF = '\u05d0';

/**
 * Asks for the class of each code point, and writes `stringprep-table.ts`. A code point that never stays is in no prepared text,
 * so that its direction does not matter: it joins the run before it.
 *
 * @param answers one for each of {@link codePoints}
 * @param ask {@link askStringprep} of one release
 */
export async function formatClasses(
  answers: readonly Prepared[],
  ask: (texts: readonly string[]) => Promise<readonly Prepared[]>,
): Promise<string> {
  const allowed = codePoints().filter((_, index) => answers[index]?.resource);
  const texts = allowed.map((codePoint) => String.fromCodePoint(codePoint));
  const stays = new Map(codePoints().map((codePoint, index) => [codePoint, answers[index]?.resource]));
  // A right-to-left text may not end in a digit, and may not hold a left-to-right letter.
  const leftOpen = await ask(texts.map((text) => `${text}1`));
  const enclosed = await ask(texts.map((text) => `${ALEF}1${text}1${ALEF}`));
  const classes = new Map<number, string | undefined>();
  for (const [index, codePoint] of allowed.entries()) {
    const direction =
      leftOpen[index]?.resource === undefined ? 'R' : enclosed[index]?.resource === undefined ? 'L' : 'N';
    classes.set(codePoint, stays.get(codePoint) === texts[index] ? direction : undefined);
  }
  return moduleOf(runLengths(classes));
}

/** The length of each run in base 36, and its class; what comes after the last run is refused. */
function runLengths(classes: ReadonlyMap<number, string | undefined>): string {
  let [table, current, length] = ['', 'X', 0];
  const end = Math.max(0, ...[...classes.keys()].slice(-1)) + 1;
  for (let codePoint = 0; codePoint <= end; codePoint += 1) {
    const own = classes.has(codePoint) ? (classes.get(codePoint) ?? (current === 'X' ? 'N' : current)) : 'X';
    if (own !== current) {
      table += `${length.toString(36)}${current}`;
      [current, length] = [own, 0];
    }
    length += 1;
  }
  return table;
}

function moduleOf(table: string): string {
  const lines = (table.match(LINE) ?? []).map((line) => `  '${line}'`);
  return `/**
 * The class of every code point in ejabberd's stringprep, generated from ejabberd by \`npm run stringprep\`. Each run of one
 * class has its length in base 36, then \`X\` (refused), \`L\` (left-to-right), \`R\` (right-to-left) or \`N\` (neither).
 */
export const CLASSES =
${lines.join(' +\n')};
`;
}
