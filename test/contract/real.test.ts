import { describe, it } from 'vitest';
import { installEjabberd } from '../support/ejabberd/install.ts';
import { startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { contractOn } from './contract.ts';

const installed = await installEjabberd();

if ('root' in installed) {
  contractOn('a real ejabberd', () => startRealEjabberd(installed.root));
} else if (process.env['CI']) {
  throw new Error(installed.unavailable);
} else {
  console.warn(`\n*** NOT TESTED on a real ejabberd. ${installed.unavailable} ***\n`);
  describe('the functions on a real ejabberd', () => it.skip(installed.unavailable));
}
