import type { Built } from '../../infra/build.ts';
import type { FunctionBundle } from '../../infra/local/sandbox.ts';

/** The folders of a build. */
export type Bundles = Pick<Built, 'layer' | 'functions' | 'operations'>;

/**
 * Returns the bundle of a function.
 *
 * @param name a method, or the name of a folder in `functions/operations`
 * @throws Error if the build has no such function
 */
export function bundleOf({ functions, operations }: Bundles, name: string): FunctionBundle {
  const bundle = functions[name] ?? operations[name];
  if (bundle === undefined) throw new Error(`expected a built function named ${name}`);
  return bundle;
}
