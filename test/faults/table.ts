/** The matrix as the documentation has it. */
import { COLUMNS, type Fault } from './fault.ts';
import { type Cell, TIMEOUT_MS } from './matrix.ts';

/** The table’s rows, compared without the measured times: each fault with its outcomes by column. */
export type Rows = ReadonlyMap<string, readonly string[]>;

const INTRODUCTION = `# What becomes of a call when something breaks

Each row is a fault, played by a proxy between the bundled functions and a server; each column a method. Where a column says
*one side*, the fault hits every write to the roster of \`jid1\` and nothing else. In *read back* it hits every read of a roster after the
first write. In all other columns it hits every request. A cell
has the outcome, and in brackets by how many milliseconds the call outlasted its deadline of ${TIMEOUT_MS} ms, if it did. Beside
that, of every cell is tested: the call settles once; it leaves no timer, connection or unhandled rejection; the rosters are as
the outcome says; no stanza arrives twice, and none at all unless the outcome is \`ok\` or \`OutcomeUnknownError\`; and the next call works.

Responses are read by \`node:http\`. Bytes after a whole response do not change it; more than ten interim responses, such as
*100 Continue*, are refused, as are headers over 16 KB. Packets that are lost end in a time-out here only because the deadline is
shorter than the 4 seconds that connecting may take; after those, it is \`EjabberdUnreachableError\`.

The table is written by \`npm run faults\`, and the tests hold it to what they see.
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
