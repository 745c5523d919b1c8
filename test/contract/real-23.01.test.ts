import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { contractOn } from './contract.ts';

await describeEjabberd('23.01', 'the functions on a real ejabberd 23.01', (root) => {
  contractOn('all methods', () => startRealEjabberd(root));
});
