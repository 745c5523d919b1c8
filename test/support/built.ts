import { inject } from 'vitest';
import type {} from './build-once.ts';
import type { Bundles } from './bundles.ts';

/** Returns the functions that the run built before its first test. All tests share them, so they must not change them. */
export function built(): Bundles {
  return inject('bundles');
}
