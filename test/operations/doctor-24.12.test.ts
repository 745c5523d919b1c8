import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { doctorOnRealEjabberd } from './doctor-real.ts';

await describeEjabberd('24.12', 'the doctor on ejabberd 24.12', (root) => doctorOnRealEjabberd(root, '24.12'));
