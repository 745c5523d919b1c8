/**
 * Installs the packed package with npm into a scratch project, and uses it on Node.js 20 and 24, as ES module and as
 * CommonJS. It needs the npm registry, so it is a command of its own: `npm run test:package`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { scriptArguments } from '../../../infra/command/command.ts';
import { json, problem, startStandIn } from '../stand-in.ts';
import { checkTypes, packClient, runIn, writeUsers } from './scratch.ts';

scriptArguments({
  name: 'npm run test:package',
  summary:
    'Packs the client, installs it with npm into a scratch project, and uses it on Node.js 20 and 24. It needs the npm registry.',
  options: {},
  example: '',
});

const VERSIONS = ['20', '24'];

const api = await startStandIn();
api.answer(json(404, problem('ItemNotFoundError')));
const scratch = await packClient();
let failed = 0;
const check = (what: string, isRight: boolean, seen: string) => {
  console.log(`${isRight ? 'ok    ' : 'FAILED'} ${what}${isRight ? '' : `: ${seen}`}`);
  if (!isRight) failed += 1;
};
/** The path of a Node.js of a major version, from the registry. */
async function installNode(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(scratch.folder, `node-${version}`);
  await mkdir(folder);
  const install = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`];
  await runIn(scratch, 'npm', install);
  return join(folder, 'node_modules', name, 'bin/node');
}

try {
  await writeUsers(scratch, api.url);
  await runIn(scratch, 'npm', ['init', '--yes']);
  await runIn(scratch, 'npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    scratch.tarball,
    '@types/node@20',
  ]);
  for (const version of VERSIONS) {
    const node = await installNode(version);
    const inNode = (...args: readonly string[]) => runIn(scratch, node, args).catch((error) => String(error));
    const actual = await inNode('--version');
    check(`Node.js ${actual}`, actual.startsWith(`v${version}.`), actual);
    for (const file of ['use.mjs', 'use.cjs']) {
      const seen = await inNode(file);
      check(`${file} on ${actual}`, seen === '["ItemNotFoundError",true,true]', seen);
    }
    const help = await inNode('node_modules/.bin/rostbeef', '--help');
    check(`the command rostbeef on ${actual}`, help.includes('Exit codes'), help);
  }
  const types = await checkTypes(scratch);
  check('types of ES modules and CommonJS', types === '', types);
} finally {
  await api.stop();
  await scratch.remove();
}
process.exitCode = failed > 0 ? 1 : 0;
