import { describeInFull } from '../support/ejabberd/describe-ejabberd.ts';
import { startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { contractOn } from './contract.ts';

await describeInFull('24.12', 'the functions on a real ejabberd 24.12 with SQLite', (root) => {
  contractOn('all methods', () => startRealEjabberd(root, { sql: true }));
});
