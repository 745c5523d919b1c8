/** The matrix as a table: `matrix.md`. */
import { COLUMNS, type Fault } from './fault.ts';
import { type Cell, TIMEOUT_MS } from './matrix.ts';

/** The rows of the table by fault, without the measured times: the outcomes in the order of the columns. */
export type Rows = ReadonlyMap<string, readonly string[]>;

const INTRODUCTION = `# The matrix of faults

This table has the outcome of each method under each fault. [docs/faults.md](../../docs/faults.md) has a summary of it, and says how
to read the columns. In brackets is by how many milliseconds a call outlasted its deadline of ${TIMEOUT_MS} ms.

\`npm run faults\` writes this file, and the tests compare it with what they see.
`;

/** The document. */
export function documentOf(faults: readonly Fault[], cells: readonly Cell[]): string {
  const at = (fault: string, column: string) => cells.find((cell) => cell.fault === fault && cell.column === column);
  const excess = cells.map(({ elapsedMs }) => elapsedMs - TIMEOUT_MS).filter((ms) => ms > 0);
  const rows = faults.map(({ name }) => [
    name,
    ...COLUMNS.map((column) => cellText(at(name, column))),
    settledText(cells, name),
  ]);
  return [
    INTRODUCTION,
    `${faults.length} faults on ${COLUMNS.length} columns, ${cells.length} cells; the longest excess measured is ${Math.ceil(Math.max(...excess))} ms.`,
    '',
    row(['fault', ...COLUMNS.map((column) => column.replace(/^\w+/, '`$&`')), 'settled']),
    row(Array.from({ length: COLUMNS.length + 2 }, () => '---')),
    ...rows.map(row),
    '',
  ].join('\n');
}

/** The rows of a document, without times. */
export function rowsOf(document: string): Rows {
  const lines = document
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| fault |') && !line.startsWith('| ---'));
  return new Map(
    lines.map((line) => {
      const [name = '', ...outcomes] = line.slice(2, -2).split(' | ');
      return [name, outcomes.map((outcome) => outcome.replace(/ \(\+\d+\)/, ''))];
    }),
  );
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  const over = Math.ceil(cell.elapsedMs - TIMEOUT_MS);
  const [name, sides] = cell.outcome.split(': ');
  return `\`${name}\`${sides === undefined ? '' : `: ${sides}`}${over > 0 ? ` (+${over})` : ''}`;
}

function settledText(cells: readonly Cell[], fault: string): string {
  return cells.filter((cell) => cell.fault === fault).every(({ settled }) => settled === 1) ? 'once' : 'NOT ONCE';
}

function row(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}
