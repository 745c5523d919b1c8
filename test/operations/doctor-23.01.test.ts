import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { doctorOnRealEjabberd } from './doctor-real.ts';

await describeEjabberd('23.01', 'the doctor on ejabberd 23.01', (root) => doctorOnRealEjabberd(root, '23.01'));
