/** `npm run bulk -- [<links>]`: runs them, and writes the account into docs/workflows.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { scriptArguments, wholeNumberOr } from '../../infra/command/command.ts';
import { installEjabberd } from '../support/ejabberd/install.ts';
import { startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { buildTemporarily } from '../support/temporary-build.ts';
import { type Account, runBulk } from './bulk.ts';

const { positionals } = scriptArguments({
  name: 'npm run bulk',
  summary:
    'Links many users by the bulk state machine on a real ejabberd, with failures, and writes the table of docs/workflows.md.',
  argument: { name: 'links', help: 'the number of links, a multiple of 250 (default: 100000)' },
  options: {},
  example: '1000',
});
const links = wholeNumberOr(positionals[0], 'links', 100_000);
if (!Number.isInteger(links / 250)) throw new Error('expected a multiple of 250 as the number of links');
const installed = await installEjabberd('24.12');
if (!('root' in installed)) throw new Error(installed.unavailable);
const server = await startRealEjabberd(installed.root);
const { bundles, remove } = await buildTemporarily();
let account: Account;
try {
  account = await runBulk(server, bundles, links);
} finally {
  await server.stop();
  await remove();
}

const written = (number: number) => Math.round(number).toLocaleString('en-US');
const rows = [
  ['links', `${written(account.links)} among ${written(account.users)} users, ten contacts each`],
  ['time', `${written(account.seconds)} s, ${written(account.links / account.seconds)} links a second`],
  ['connections cut', written(account.cuts)],
  ['answers of the function lost', `${written(account.lostAnswers)} of ${written(account.calls)}`],
  ['failed at first, because a user was missing', written(account.failedFirst)],
  ['failed when started again with these', written(account.failedAgain)],
  ['sides missing at the end', `${written(account.missing)} of ${written(2 * account.links)}`],
  [
    'memory of the preparing function at most',
    `${written(account.peakMegabytes)} MB, for a file of ${account.fileMegabytes.toFixed(1)} MB`,
  ],
];
const table = ['| | |', '|---|---|', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
console.log(table);
const page = resolve(import.meta.dirname, '../../docs/workflows.md');
const text = await readFile(page, 'utf8');
const head = `\`npm run bulk -- ${links}\`, ${new Date().toISOString().slice(0, 10)}, Node.js ${process.versions.node}:`;
const part = /(<!-- bulk:[^>]*-->\n).*?(\n<!-- \/bulk -->)/s;
await writeFile(
  page,
  text.replace(part, (_, from: string, to: string) => `${from}${head}\n\n${table}${to}`),
);
if (account.missing > 0 || account.failedAgain > 0) process.exitCode = 1;
