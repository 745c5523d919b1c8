import { describeInFull } from '../support/ejabberd/describe-ejabberd.ts';
import { oddRostersOn } from './real.ts';

await describeInFull('23.01', 'a real ejabberd 23.01', (root) => oddRostersOn(root));
