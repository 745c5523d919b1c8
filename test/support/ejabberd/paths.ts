import { glob } from 'node:fs/promises';
import { join } from 'node:path';

/** The paths in a folder that match a pattern, relative to it. */
export async function pathsIn(folder: string, pattern: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern, { cwd: folder })) found.push(path);
  return found;
}

/** The first path in a folder that matches a pattern, absolute. */
export async function pathIn(folder: string, pattern: string): Promise<string> {
  const [path] = await pathsIn(folder, pattern);
  if (path === undefined) throw new Error(`no ${pattern} in ${folder}`);
  return join(folder, path);
}
