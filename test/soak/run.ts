/** `npm run soak [-- <records> [<endings>]]`: the long run, without and with a table; prints its accounts. */
import { scriptArguments, wholeNumber } from '../../infra/command/command.ts';
import { installEjabberd } from '../support/ejabberd/install.ts';
import { buildTemporarily } from '../support/temporary-build.ts';
import { toMarkdown } from './accounting.ts';
import { soak } from './soak.ts';

const { values } = scriptArguments({
  name: 'npm run soak',
  summary:
    'Sends records through a queue while ejabberd is stopped and killed, without and with a table of keys. Prints what became of each.',
  options: {
    records: { type: 'string', value: 'number', default: '10000', help: 'the number of records' },
    endings: { type: 'string', value: 'number', default: '10', help: 'how often ejabberd is stopped or killed' },
  },
  example: '--records 1000 --endings 2',
});
const records = wholeNumber(values.records, '--records', 1);
const endings = wholeNumber(values.endings, '--endings', 2);
const installed = await installEjabberd('23.01');
if ('unavailable' in installed) throw new Error(installed.unavailable);
const { bundles, remove } = await buildTemporarily();
for (const table of [false, true]) {
  const accounting = await soak({ root: installed.root, bundles, records, endings, table });
  console.log(`${toMarkdown(accounting)}\n`);
  if (accounting.violations.length > 0) {
    console.error(accounting.violations.join('\n'));
    process.exitCode = 1;
  }
}
await remove();
