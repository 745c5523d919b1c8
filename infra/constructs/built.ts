import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Built } from '../build.ts';

let cache: Built | undefined;

/** Builds the layer and the functions once a process. A constructor can’t await a build, so a child process does it. */
export function built(): Built {
  cache ??= build();
  return cache;
}

/**
 * Returns the folder that a function was built into.
 *
 * @param name a method, or the name of a folder in `functions/operations`
 * @throws Error if there is no such function
 */
export function folderOf(name: string): string {
  const { functions, operations } = built();
  const bundle = functions[name] ?? operations[name];
  if (bundle === undefined) throw new Error(`the build has no function ${name}`);
  return bundle.folder;
}

function build(): Built {
  const script = fileURLToPath(new URL('../build.ts', import.meta.url));
  const json = execFileSync(process.execPath, [script, '--json'], { encoding: 'utf8' });
  return JSON.parse(json);
}
