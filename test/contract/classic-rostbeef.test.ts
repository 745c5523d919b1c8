import { startClassic } from '../support/classic/classic-server.ts';
import { ROSTBEEF } from '../support/traits.ts';
import { contractOn } from './contract.ts';

contractOn('the embedded server playing mod_rostbeef 1.0.2', () => startClassic('mod_rostbeef 1.0.2'), ROSTBEEF);
