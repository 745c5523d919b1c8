/** The CSV files of what was not done. They have the columns of the input, so they can be fed back. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { UsageError } from '../failures.ts';
import { REPORT_COLUMNS, type Row } from './rows.ts';

/** A file that is made when its first row is written. */
export interface Report {
  readonly path: string;
  /** How many rows this run wrote. */
  readonly count: number;
  write(row: Row, error: { readonly name: string; readonly message: string }): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a report.
 *
 * @param columns the members of the input that its rows may have
 * @param mustBeNew whether a file that exists is an error
 * @throws UsageError
 */
export async function openReport(path: string, columns: readonly string[], mustBeNew: boolean): Promise<Report> {
  const isThere = (await stat(path).catch(() => undefined)) !== undefined;
  if (isThere && mustBeNew) throw new UsageError(`${path} exists: feed it back or move it away before a new run`);
  const head = ['method', ...columns, ...REPORT_COLUMNS];
  let opened: Promise<FileHandle> | undefined;
  const openNow = async () => {
    const file = await open(path, 'a', 0o600);
    if (!isThere) await file.appendFile(lineOf(head));
    return file;
  };
  let count = 0;
  return {
    path,
    get count() {
      return count;
    },
    async write({ line, method, input }, { name, message }) {
      count += 1;
      opened ??= openNow();
      const file = await opened;
      await file.appendFile(
        lineOf([method, ...columns.map((column) => input[column] ?? ''), String(line), name, message]),
      );
    },
    close: async () => (await opened)?.close(),
  };
}

/** RFC 4180. */
function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}
