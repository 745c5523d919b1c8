import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, problem, type StandIn, startStandIn } from '../stand-in.ts';
import { checkTypes, packClient, runIn, type Scratch, unpackClient, writeUsers } from './scratch.ts';

let api: StandIn;
let scratch: Scratch;
beforeAll(async () => {
  api = await startStandIn();
  api.answer(json(404, problem('ItemNotFoundError')));
  scratch = await packClient();
  await unpackClient(scratch);
  await writeUsers(scratch, api.url);
});
afterAll(() => Promise.all([api.stop(), scratch.remove()]));

/** The Node.js that runs the tests, and the one on the path if it is another. */
const onPath = spawnSync('node', ['--version'], { encoding: 'utf8', env: { PATH: outsidePath() } });
const nodes: (readonly [version: string, command: string])[] = [[process.version, process.execPath]];
const other = spawnSync('sh', ['-c', 'command -v node'], {
  encoding: 'utf8',
  env: { PATH: outsidePath() },
}).stdout.trim();
if (onPath.status === 0 && onPath.stdout.trim() !== process.version) nodes.push([onPath.stdout.trim(), other]);

/** The path without this project's own Node.js, which npx puts first. */
function outsidePath(): string {
  const { PATH = '' } = process.env;
  return PATH.split(':')
    .filter((folder) => !folder.includes('node_modules') && !folder.includes('.npm'))
    .join(':');
}

describe('the packed package', () => {
  it('holds what it needs, and nothing else', () => {
    const kinds = scratch.files.map((path) => path.replace(/^(dist\/types(?:-cjs)?)\/.*$/, '$1'));
    expect([...new Set(kinds)].sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/cli.js',
      'dist/index.cjs',
      'dist/index.js',
      'dist/types',
      'dist/types-cjs',
      'package.json',
    ]);
  });

  describe.each(nodes)('on Node.js %s', (_, node) => {
    it.each(['use.mjs', 'use.cjs'])('works by %s', async (file) => {
      expect(await runIn(scratch, node, [file])).toBe('["ItemNotFoundError",true,true]');
    });

    it('brings the command rostbeef', async () => {
      const cli = 'node_modules/rostbeef/dist/cli.js';
      expect(await runIn(scratch, node, [cli, 'bulk', '--help'])).toContain('rostbeef bulk links.csv');
    });
  });

  it('says that there are no credentials, before anything is sent', () => {
    const url = 'https://abcdef1234.execute-api.eu-west-1.amazonaws.com/live';
    const args = ['node_modules/rostbeef/dist/cli.js', 'presence', 'bob@example.com', '--url', url];
    // No profile, and no request to the metadata service of an instance.
    const env = { HOME: scratch.folder, AWS_EC2_METADATA_DISABLED: 'true' };
    const ran = spawnSync(process.execPath, args, { cwd: scratch.folder, env, encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toMatch(/^SigningError: .*credentials.*\nWhat to do: Set AWS credentials/);
  });

  it('has types that narrow errors by name, for ES modules and CommonJS', async () => {
    expect(await checkTypes(scratch)).toBe('');
  });
});
