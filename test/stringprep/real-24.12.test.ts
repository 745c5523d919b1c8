import { stringprepOn } from './real.ts';

await stringprepOn('24.12');
