import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { spellingsOn, tableOn } from './spellings.ts';

const table = readFileSync(join(import.meta.dirname, '../stringprep/ejabberd.txt'), 'utf8');

await describeEjabberd('23.01', 'spellings of JIDs on ejabberd 23.01', (root) => {
  spellingsOn(root);
  tableOn(root, table);
});
