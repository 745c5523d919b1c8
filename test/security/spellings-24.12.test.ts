import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { spellingsOn, tableOn } from './spellings.ts';

const table = readFileSync(join(import.meta.dirname, '../stringprep/ejabberd.txt'), 'utf8');

await describeEjabberd('24.12', 'spellings of JIDs on ejabberd 24.12', (root) => {
  spellingsOn(root);
  tableOn(root, table);
});
