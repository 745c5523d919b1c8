/** The built command in a real terminal, which `script` of util-linux opens. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, type StandIn, startStandIn } from './stand-in.ts';

const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;
if (!hasScript) console.warn('\n*** NOT TESTED: the command in a real terminal. It needs script of util-linux. ***\n');

describe.skipIf(!hasScript)('in a real terminal', () => {
  let api: StandIn;
  let folder: string;
  let cli: string;
  beforeAll(async () => {
    api = await startStandIn();
    // Within the project, so that the dependencies are found.
    folder = await mkdtemp(resolve('node_modules/.rostbeef-terminal-'));
    cli = join(folder, 'cli.mjs');
    const entryPoints = [resolve('client/src/cli/main.ts')];
    await build({ entryPoints, outfile: cli, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  });
  afterAll(() => Promise.all([api.stop(), rm(folder, { recursive: true })]));

  /** The screen of a terminal with 60 columns. */
  async function seen(command: string): Promise<string> {
    const line = `stty cols 60; '${process.execPath}' '${cli}' ${command} --url ${api.url}`;
    const { NO_COLOR, ...others } = process.env;
    const env = { ...others, TERM: 'xterm-256color' };
    const { stdout } = await promisify(execFile)('script', ['-qec', line, '/dev/null'], { env });
    return stdout;
  }

  it('a roster is a table in colour that fits', async () => {
    const contact = { group: '', groups: [], subscription: 'both', pending: 'none', resource: 'desk', show: 'dnd' };
    const contacts = [{ ...contact, jid: 'bob@example.com', nick: 'Bob', status: 'In a very long meeting '.repeat(9) }];
    api.answer(json(200, { contacts }));
    const [head = '', row = ''] = (await seen('roster alice@example.com --presence')).split('\r\n');
    expect(head).toContain('\u001b[2mCONTACT');
    expect(row).toContain('\u001b[31mdnd');
    expect(row.replaceAll(/\u001b\[\d+m/g, '')).toMatch(/^bob@example.com .*…$/);
    expect(row.replaceAll(/\u001b\[\d+m/g, '').length).toBeLessThanOrEqual(60);
  });

  it('a bulk run ends its line of progress before the summary', async () => {
    const links = await mkdtemp(join(tmpdir(), 'rostbeef-links-'));
    try {
      const file = join(links, 'links.csv');
      await writeFile(file, 'jid1,nick1,jid2,nick2\na@x,A,b@x,B\nc@x,C,d@x,D\n');
      api.answer(json(200, { code: 0 }));
      const output = await seen(`bulk ${file}`);
      expect(output).toMatch(
        /\r\u001b\[32m█{24}.* 100 % {2}2 of 2 {2}\d+\/s\u001b\[K\r\n\u001b\[32m2 done\u001b\[39m\r\n$/,
      );
    } finally {
      await rm(links, { recursive: true });
    }
  });
});
