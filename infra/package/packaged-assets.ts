/** Finds the functions and the layer in the published package, in place of a build. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Built } from '../build.ts';
import type { FunctionBundle } from '../local/sandbox.ts';

/** The folder of the package. A CommonJS bundle has this variable. */
declare const __dirname: string;

/** Returns the layer and the functions that the package contains. */
export function built(): Built {
  const assets = join(__dirname, 'assets');
  const layer = join(assets, 'layer');
  const bundles = (folder: string, keyOf: (name: string) => string): Record<string, FunctionBundle> =>
    Object.fromEntries(
      readdirSync(join(assets, folder)).map((name) => [keyOf(name), { folder: join(assets, folder, name), layer }]),
    );
  return {
    layer,
    functions: bundles('functions', (name) => name.replaceAll('-', '_')),
    operations: bundles('operations', (name) => name),
    files: [],
  };
}

/**
 * Returns the folder of a function.
 *
 * @param name a method, or the name of an operator's function
 */
export function folderOf(name: string): string {
  const { functions, operations } = built();
  const bundle = functions[name] ?? operations[name];
  if (bundle === undefined) throw new Error(`the package has no function ${name}`);
  return bundle.folder;
}
