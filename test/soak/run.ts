/** `npm run soak [-- <records> [<endings>]]`: the long run, without and with a table; prints its accounts. */
import { installEjabberd } from '../support/ejabberd/install.ts';
import { buildTemporarily } from '../support/temporary-build.ts';
import { toMarkdown } from './accounting.ts';
import { soak } from './soak.ts';

const [records = 10_000, endings = Math.max(2, Math.round(records / 1_000))] = process.argv.slice(2).map(Number);
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
