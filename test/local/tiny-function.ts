import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A temporary folder of this test's own, and a way to write functions and layers into it. */
export interface Workshop {
  readonly folder: string;
  /** Writes a CommonJS module to `<name>/index.cjs`, and resolves with its folder. */
  tinyFunction(name: string, source: string): Promise<string>;
  /** Writes a file below the folder, and resolves with its path. */
  file(path: string, content: string): Promise<string>;
  remove(): Promise<void>;
}

/** Makes a workshop; the test removes it. */
export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-test-'));
  const file = async (path: string, content: string): Promise<string> => {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    return target;
  };
  return {
    folder,
    file,
    tinyFunction: async (name, source) => dirname(await file(`${name}/index.cjs`, source)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Whether a process with this id exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Posts JSON, as a caller of the functions does. */
export function postJson(url: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}
