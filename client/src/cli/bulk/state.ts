/** The state of a bulk run: what became of each line, so that the run can be resumed. */
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { UsageError } from '../failures.ts';

/** The outcome of a line. A line without an outcome is not done yet. */
export type Outcome = 'done' | 'failed' | 'unknown';

/** An open state. */
export interface State {
  readonly path: string;
  readonly outcomes: ReadonlyMap<number, Outcome>;
  /** The keys of stanzas by line, as they were chosen before the first attempt. */
  readonly keys: ReadonlyMap<number, string>;
  /** Keeps a key. It is on disk when the promise resolves. */
  keepKey(line: number, key: string): Promise<void>;
  keep(line: number, outcome: Outcome): Promise<void>;
  close(): Promise<void>;
  /** Closes and removes it, because nothing is left to be done. */
  remove(): Promise<void>;
}

interface Entry {
  readonly sha256?: string;
  readonly line?: number;
  readonly key?: string;
  readonly is?: Outcome;
}

/**
 * Begins a state, or opens one.
 *
 * @param path the file: a line of JSON for each event
 * @param sha256 the digest of the CSV file that the run is about
 * @param isNew whether the run is new, so that it has no state
 * @throws UsageError if the state can't be read, or is not one of this file
 */
export async function openState(path: string, sha256: string, isNew: boolean): Promise<State> {
  const text = isNew ? '' : await textIn(path);
  // A process that was killed can leave the last line incomplete.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const entries = entriesOf(whole, path);
  const isOfFile = whole === '' ? JSON.stringify({ sha256 }).startsWith(text) : entries[0]?.sha256 === sha256;
  if (!isOfFile) {
    throw new UsageError(`${path} is not the state of this file, or the file was changed since: restore it`);
  }
  const outcomes = new Map<number, Outcome>();
  const keys = new Map<number, string>();
  for (const { line, key, is } of entries) {
    if (line === undefined) continue;
    if (key !== undefined) keys.set(line, key);
    if (is !== undefined) outcomes.set(line, is);
  }
  const file = await openForAppending(path);
  const append = (entry: Entry) => file.appendFile(`${JSON.stringify(entry)}\n`);
  if (whole !== text) await file.truncate(Buffer.byteLength(whole));
  if (whole === '') await append({ sha256 });
  return {
    path,
    outcomes,
    keys,
    async keepKey(line, key) {
      keys.set(line, key);
      await append({ line, key });
      await file.datasync();
    },
    async keep(line, outcome) {
      outcomes.set(line, outcome);
      await append({ line, is: outcome });
    },
    close: () => file.close(),
    async remove() {
      await file.close();
      await rm(path);
    },
  };
}

/** Demands that a run was not begun before. @throws UsageError that says how to go on with it */
export async function demandNoState(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size === 0) return;
  throw new UsageError(`this run was begun before: go on with --resume ${path}, or remove that file to begin again`);
}

async function openForAppending(path: string): Promise<FileHandle> {
  return open(path, 'a', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${path} can not be written (${error.code})`);
  });
}

async function textIn(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${path} can not be read (${error.code})`);
  });
}

function entriesOf(text: string, path: string): readonly Entry[] {
  return text.split('\n').flatMap((line, index) => {
    if (line === '') return [];
    try {
      const entry: Entry = JSON.parse(line);
      return [entry];
    } catch {
      throw new UsageError(`${path}, line ${index + 1}: expected JSON, as a bulk run writes it`);
    }
  });
}
