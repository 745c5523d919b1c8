import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Built } from '../build.ts';

let made: Built | undefined;

/** The layer and the functions, built once a process: a construct can't wait for a promise, so another process builds. */
export function built(): Built {
  made ??= build();
  return made;
}

/**
 * The folder that a function was built into.
 *
 * @param name a method, or the name of an operator's function
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
