/** Text for a terminal. */
import { styleText } from 'node:util';
import stringWidth from 'string-width';
import type { Output } from './io.ts';

/** A look of text. */
export type Look = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** The text in a look, if the output has colours. */
export function styled(output: Output, look: Look | undefined, text: string): string {
  // Node.js 24 would look at the process's own output, which is not always this one.
  return output.hasColors && look !== undefined ? styleText(look, text, { validateStream: false }) : text;
}

/** Control characters, and those that turn the direction of what follows. */
const UNSAFE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text without what could command the terminal: nicks and statuses are written by others. */
export function safe(text: string): string {
  return text.replaceAll(UNSAFE, '\ufffd');
}

/** A cell of a table. */
export interface Cell {
  readonly text: string;
  readonly look?: Look | undefined;
}

const GAP = '  ';
/** No column becomes narrower than this. */
const NARROWEST = 8;

/** Writes rows below their headings, as wide as the terminal at most. */
export function writeTable(output: Output, head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const cells = rows.map((row) => row.map(({ text, look }) => ({ text: safe(text), look })));
  const natural = head.map((name, column) =>
    cells.reduce((most, row) => Math.max(most, stringWidth(row[column]?.text ?? '')), stringWidth(name)),
  );
  const widths = fitted(natural, output.columns - GAP.length * (head.length - 1));
  const line = (row: readonly Cell[]) =>
    row
      .map(({ text, look }, column) => styled(output, look, padded(text, widths[column] ?? 0)))
      .join(GAP)
      .trimEnd();
  const heading = head.map((text) => ({ text, look: 'dim' }) as const);
  output.write(`${[heading, ...cells].map(line).join('\n')}\n`);
}

/** Takes width from the widest column until all fit. */
function fitted(natural: readonly number[], room: number): readonly number[] {
  const widths = [...natural];
  for (let excess = widths.reduce((sum, width) => sum + width, 0) - room; excess > 0; excess -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= NARROWEST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function padded(text: string, width: number): string {
  const own = stringWidth(text);
  if (own <= width) return text + ' '.repeat(width - own);
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const next = used + stringWidth(segment);
    if (next > width - 1) break;
    kept += segment;
    used = next;
  }
  return `${kept}…${' '.repeat(width - used - 1)}`;
}
