import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { oddRostersOn } from './real.ts';

await describeEjabberd('24.12', 'a real ejabberd 24.12', (root) => oddRostersOn(root));
