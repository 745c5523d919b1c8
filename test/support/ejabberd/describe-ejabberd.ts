import { describe, it } from 'vitest';
import { IS_FULL } from '../full.ts';
import { installEjabberd, type Release } from './install.ts';

/**
 * Tests on a release of ejabberd. Where it can't be had they are skipped, loudly; in CI that is a failure.
 *
 * @param tests is given the folder that its packages are unpacked in
 */
export async function describeEjabberd(release: Release, name: string, tests: (root: string) => void): Promise<void> {
  const installed = await installEjabberd(release);
  if ('root' in installed) {
    describe(name, () => tests(installed.root));
  } else if (process.env['CI']) {
    throw new Error(installed.unavailable);
  } else {
    console.warn(`\n*** NOT TESTED: ${name}. ${installed.unavailable} ***\n`);
    describe(name, () => it.skip(installed.unavailable));
  }
}

/** Does the same in `npm run test:full` only: for a release or database that seldom differs from one in `npm test`. */
export async function describeInFull(release: Release, name: string, tests: (root: string) => void): Promise<void> {
  if (IS_FULL) await describeEjabberd(release, name, tests);
  else describe(name, () => it.skip('is tested by npm run test:full'));
}
