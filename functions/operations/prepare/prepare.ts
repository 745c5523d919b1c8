/** Divides the lines of a file into operations and bad lines, as a stream. */
import { InvalidInputError, isObject } from 'rostbeef-layer';
import { csvReader, failedItemsReader, jsonLinesReader, type LineReader } from './formats.ts';
import { type Line, linesOf } from './lines.ts';
import { BadLineError, MAX_OPERATION_BYTES, type Operation, operationOf, type Run } from './operation.ts';
import type { Storage } from './storage.ts';

/** The files to prepare. */
export interface Preparation extends Run {
  /** The key of the file: `….csv`, `….jsonl`, or the `manifest.json` of an earlier run's results. */
  readonly key: string;
}

/** A file that was written. */
interface Written {
  readonly key: string;
  readonly count: number;
}

/** The two files of a run. */
interface Prepared {
  /** The operations as JSON Lines. */
  readonly good: Written;
  /** The numbers and reasons of the bad lines, as JSON Lines. */
  readonly bad: Written;
}

/** The largest line about a failed child execution. It holds the operation as a string, so that its quotes are escaped. */
const MAX_RESULT_BYTES = 4 * MAX_OPERATION_BYTES;

/**
 * Reads a file, and writes its operations and its bad lines to two other files. Memory does not grow with the file.
 *
 * @throws InvalidInputError if the file does not exist, has another format, or holds no operation
 * @throws Error of the SDK if S3 fails
 */
export async function prepare({ key, ...run }: Preparation, storage: Storage): Promise<Prepared> {
  const { lines, read } = await openSource(key, storage);
  const folder = `runs/${run.name}`;
  const [good, bad] = [counted(storage, `${folder}/good.jsonl`), counted(storage, `${folder}/bad.jsonl`)];
  try {
    for await (const line of lines) {
      const result = sorted(line, read, run);
      if (result === undefined) continue;
      await ('reason' in result ? bad : good).write(JSON.stringify(result));
    }
    await Promise.all([good.close(), bad.close()]);
  } catch (error) {
    await Promise.allSettled([good.abort(), bad.abort()]);
    throw error;
  }
  if (good.count() === 0) {
    const message = bad.count() === 0 ? 'the file holds no operation' : `every line is bad: see ${bad.key}`;
    throw new InvalidInputError({ issues: [{ path: 'key', message }] });
  }
  return { good: { key: good.key, count: good.count() }, bad: { key: bad.key, count: bad.count() } };
}

interface BadLine {
  readonly line: number;
  readonly reason: string;
}

function sorted(line: Line, read: LineReader, run: Run): Operation | BadLine | undefined {
  if ('problem' in line) return { line: line.number, reason: line.problem };
  try {
    const request = read(line.text, line.number);
    return request && operationOf(request, run);
  } catch (error) {
    if (!(error instanceof BadLineError)) throw error;
    return { line: line.number, reason: error.message };
  }
}

async function openSource(key: string, storage: Storage) {
  if (/(?:^|\/)manifest\.json$/.test(key)) {
    const keys = failedFilesIn(await storage.readText(key));
    return { lines: linesOfAll(keys, storage), read: failedItemsReader };
  }
  const read = { csv: csvReader(), jsonl: jsonLinesReader }[/\.(csv|jsonl)$/i.exec(key)?.[1]?.toLowerCase() ?? ''];
  if (read === undefined) {
    const message = 'must end in .csv, .jsonl or manifest.json';
    throw new InvalidInputError({ issues: [{ path: 'key', message }] });
  }
  return { lines: linesOf(await storage.read(key), MAX_OPERATION_BYTES), read };
}

async function* linesOfAll(keys: readonly string[], storage: Storage): AsyncGenerator<Line> {
  for (const key of keys) yield* linesOf(await storage.read(key), MAX_RESULT_BYTES);
}

/**
 * Returns the keys of the files with the items that failed or never started.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
function failedFilesIn(manifest: string): readonly string[] {
  const { FAILED, PENDING } = resultFilesIn(manifest);
  return [FAILED, PENDING]
    .flatMap((files) => (Array.isArray(files) ? files : []))
    .flatMap((file) => (isObject(file) && typeof file['Key'] === 'string' ? [file['Key']] : []));
}

function resultFilesIn(manifest: string): Readonly<Record<string, unknown>> {
  try {
    const { ResultFiles } = JSON.parse(manifest);
    if (isObject(ResultFiles)) return ResultFiles;
  } catch {}
  throw new InvalidInputError({ issues: [{ path: 'key', message: 'must be the manifest.json of a map run' }] });
}

function counted(storage: Storage, key: string) {
  const writer = storage.write(key);
  let count = 0;
  return {
    key,
    count: () => count,
    write(line: string) {
      count += 1;
      return writer.write(line);
    },
    close: () => writer.close(),
    abort: () => writer.abort(),
  };
}
