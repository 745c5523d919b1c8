/** Reads the lines of each file format: CSV, JSON Lines, and the failed items of an earlier run. */
import { parse } from 'csv-parse/sync';
import { InvalidInputError, isObject } from 'rostbeef-layer';
import { BadLineError, MEMBERS, type Request } from './operation.ts';

/** Reads one line as a request. It returns `undefined` for a line without a request, such as a header. */
export type LineReader = (text: string, line: number) => Request | undefined;

/**
 * Creates the reader of a CSV file (RFC 4180, with commas). The first line names the columns: `method`, and members of the
 * methods' inputs. An empty cell is an absent member. A cell can't hold a line break, so that a broken line does not affect
 * the next one.
 *
 * @throws InvalidInputError by the reader, if the first line has a column that no method knows
 * @throws BadLineError by the reader, if a later line does not fit the first one
 */
export function csvReader(): LineReader {
  let columns: readonly string[] | undefined;
  return (text, line) => {
    if (columns === undefined) {
      columns = columnsOf(text, line);
      return undefined;
    }
    const cells = cellsIn(text);
    if (cells === undefined) throw new BadLineError('is not CSV: check its quotes');
    if (cells.length !== columns.length) {
      throw new BadLineError(`has ${cells.length} cells, but the first line names ${columns.length} columns`);
    }
    const { method, ...input } = Object.fromEntries(
      columns.map((column, index) => [column, cells[index] ?? ''] as const).filter(([, cell]) => cell !== ''),
    );
    return { line, method, input };
  };
}

/** Reads a line of a file of JSON Lines: an object with `method` and the members of that method's input. */
export const jsonLinesReader: LineReader = (text, line) => {
  const { method, ...input } = objectIn(text);
  return { line, method, input };
};

/**
 * Reads a line that Step Functions wrote about a child execution that failed or never started. Its `Input` is the
 * operation of the earlier run.
 */
export const failedItemsReader: LineReader = (text) => {
  const { Input } = objectIn(text);
  const { line, method, input } = objectIn(typeof Input === 'string' ? Input : JSON.stringify(Input ?? null));
  if (typeof line !== 'number' || !isObject(input)) throw new BadLineError('holds no operation of an earlier run');
  return { line, method, input };
};

function columnsOf(text: string, line: number): readonly string[] {
  const columns = (cellsIn(text) ?? []).map((cell) => cell.trim());
  // The columns are not quoted, because the first line can be an operation.
  const problems = [
    ...(columns.includes('method') ? [] : ['must name the column method']),
    ...columns.flatMap((column, index) => {
      if (column !== 'method' && !MEMBERS.includes(column)) return [`has an unknown column ${index + 1}`];
      return columns.indexOf(column) < index ? [`names the column ${column} twice`] : [];
    }),
  ];
  if (problems.length === 0) return columns;
  const known = `columns are method, ${MEMBERS.join(', ')}`;
  throw new InvalidInputError({ issues: [{ path: `line ${line}`, message: `${problems.join(', ')}; ${known}` }] });
}

/** Returns the cells of a line; `undefined` if its quotes are wrong. */
function cellsIn(text: string): readonly string[] | undefined {
  try {
    const [cells = []]: string[][] = parse(text);
    return cells;
  } catch {
    return undefined;
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  const value = parsed(text);
  if (!isObject(value)) throw new BadLineError('is not a JSON object');
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadLineError('is not JSON');
  }
}
