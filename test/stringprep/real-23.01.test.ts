import { stringprepOn } from './real.ts';

await stringprepOn('23.01');
