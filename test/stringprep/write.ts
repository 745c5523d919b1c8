/** Reads the tables from ejabberd's own stringprep, and writes them: `npm run stringprep`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scriptArguments } from '../../infra/command/command.ts';
import { installEjabberd, type Release } from '../support/ejabberd/install.ts';
import { askStringprep } from '../support/ejabberd/stringprep.ts';
import { formatClasses } from './classes.ts';
import { codePoints, formatTable } from './code-points.ts';

scriptArguments({
  name: 'npm run stringprep',
  summary:
    'Asks ejabberd’s own stringprep for each code point, and writes the tables of the functions and of their test.',
  options: {},
  example: '',
});

const ROOT = join(import.meta.dirname, '../..');

async function tablesOf(release: Release): Promise<{ readonly all: string; readonly classes: string }> {
  const installed = await installEjabberd(release);
  if ('unavailable' in installed) throw new Error(installed.unavailable);
  const ask = (texts: readonly string[]) => askStringprep(installed.root, texts);
  const answers = await ask(codePoints().map((codePoint) => String.fromCodePoint(codePoint)));
  return { all: formatTable(answers), classes: await formatClasses(answers, ask) };
}

const tables = await tablesOf('23.01');
const newer = await tablesOf('24.12');
if (newer.all !== tables.all || newer.classes !== tables.classes) {
  throw new Error('ejabberd 23.01 and 24.12 prepare JIDs differently: expected one table for both');
}
await writeFile(join(ROOT, 'test/stringprep/ejabberd.txt'), tables.all);
await writeFile(join(ROOT, 'functions/layer/xmpp/stringprep-table.ts'), tables.classes);
console.log('wrote test/stringprep/ejabberd.txt and functions/layer/xmpp/stringprep-table.ts; 23.01 and 24.12 agree');
