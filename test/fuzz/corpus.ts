/** The inputs that the fuzz begins with, and those that it has found. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of one folder of the corpus. */
export function corpusOf(folder: string): readonly Buffer[] {
  const path = join(import.meta.dirname, 'corpus', folder);
  return readdirSync(path).map((file) => readFileSync(join(path, file)));
}
