/** Reads the operations of a CSV file. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { METHODS, type MethodName } from '../../generated/methods.ts';
import { UsageError } from '../failures.ts';

/** One operation of a file. */
export interface Row {
  /** The line of the file on which it begins, counted from 1. */
  readonly line: number;
  readonly method: MethodName;
  /** The members of the method's input. */
  readonly input: Readonly<Record<string, string>>;
}

/** The content of a file. */
export interface Inspected {
  /** How many operations. */
  readonly total: number;
  /** The columns that are members of an input, in the order of the file. */
  readonly columns: readonly string[];
  /** A digest of the content. */
  readonly sha256: string;
}

const WRITING: readonly MethodName[] = ['link_contacts', 'unlink_contacts', 'send_stanza'];
const MEMBERS = [...new Set(WRITING.flatMap((method) => METHODS[method].input))];

/** The further columns of a file of failures. They are not read. */
export const REPORT_COLUMNS = ['line', 'error', 'detail'];

/**
 * Checks a whole file before anything is done.
 *
 * @throws UsageError if the file can't be read, is not CSV, or has a wrong column or an unknown method
 */
export async function inspect(file: string): Promise<Inspected> {
  const digest = createHash('sha256');
  const update = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) digest.update(chunk);
  };
  await pipeline(createReadStream(file), update).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} can not be read (${error.code})`);
  });
  let total = 0;
  let columns: readonly string[] = [];
  for await (const { head } of rowsWithHead(file)) {
    total += 1;
    columns = head.filter((column) => MEMBERS.includes(column));
  }
  if (total === 0) throw new UsageError(`${file} has no operation: expected a line of columns and lines below it`);
  return { total, columns, sha256: digest.digest('hex') };
}

/** Reads the operations of a file that was inspected. */
export async function* rowsOf(file: string): AsyncGenerator<Row, void> {
  for await (const { row } of rowsWithHead(file)) yield row;
}

async function* rowsWithHead(file: string): AsyncGenerator<{ readonly row: Row; readonly head: readonly string[] }> {
  // The names of columns are checked here, because the parser takes any.
  const parser = createReadStream(file).pipe(parse({ bom: true, info: true, skip_empty_lines: true, trim: false }));
  let head: readonly string[] | undefined;
  let next = 1;
  try {
    for await (const { record, info } of parser) {
      const cells: readonly string[] = record;
      const line = Math.max(next, info.lines - linesIn(cells));
      next = info.lines + 1;
      if (head === undefined) head = columnsOf(cells, file);
      else yield { row: rowOf(head, cells, line, file), head };
    }
  } catch (error) {
    throw error instanceof CsvError ? new UsageError(`${file} is not CSV: ${error.message}`) : error;
  }
}

/** The line breaks within the cells of a record. */
function linesIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}

function columnsOf(cells: readonly string[], file: string): readonly string[] {
  const columns = cells.map((cell) => cell.trim());
  const known = ['method', ...MEMBERS, ...REPORT_COLUMNS];
  const problems = [
    ...columns.filter((column) => !known.includes(column)).map((column) => `unknown column ${JSON.stringify(column)}`),
    ...columns
      .filter((column, index) => columns.indexOf(column) !== index)
      .map((column) => `column ${JSON.stringify(column)} twice`),
    ...(columns.includes('method')
      ? []
      : METHODS.link_contacts.required
          .filter((column) => !columns.includes(column))
          .map((column) => `no column ${JSON.stringify(column)}`)),
  ];
  if (problems.length === 0) return columns;
  const expected = `expected ${MEMBERS.join(', ')}, and method if not every line is a link_contacts`;
  throw new UsageError(`${file}, line 1: ${problems.join(', ')}; ${expected}`);
}

/** An empty cell is a member that is not given, unless the method requires it. */
function rowOf(head: readonly string[], cells: readonly string[], line: number, file: string): Row {
  const all = Object.fromEntries(head.map((column, index) => [column, cells[index] ?? '']));
  const method = all['method'] ?? 'link_contacts';
  if (!isWriting(method)) {
    throw new UsageError(`${file}, line ${line}: expected one of ${WRITING.join(', ')}, not ${JSON.stringify(method)}`);
  }
  const { input, required } = METHODS[method];
  const members = Object.entries(all).filter(
    ([name, cell]) => MEMBERS.includes(name) && (cell !== '' || (required.includes(name) && input.includes(name))),
  );
  return { line, method, input: Object.fromEntries(members) };
}

function isWriting(method: string): method is MethodName {
  return WRITING.some((name) => name === method);
}
