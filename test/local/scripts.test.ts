import { execFile } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const { scripts }: { scripts: Record<string, string> } = JSON.parse(await readFile('package.json', 'utf8'));

/** A tool, and environment variables before it. */
const TOOL = /^(?:[A-Z_]+=\S+ )*(?:vitest|biome)\b/;

/** The scripts that are programs of the project, with their files. The others run a tool, which has a help of its own. */
const programs = Object.entries(scripts).flatMap(([name, command]) => {
  const [, file] = /^node (\S+\.ts)$/.exec(command) ?? [];
  return file === undefined ? [] : [{ name, file }];
});

it('knows each script of package.json', () => {
  const others = Object.entries(scripts).filter(([name]) => !programs.some((program) => program.name === name));
  for (const [name, command] of others)
    expect({ name, command }).toHaveProperty('command', expect.stringMatching(TOOL));
});

it('has each script that the workflows and the documentation name', async () => {
  const named = new Set<string>();
  for await (const file of glob([
    '.github/workflows/*.yml',
    '{README,CONTRIBUTING,SECURITY}.md',
    'docs/**/*.md',
    'client/*.md',
  ])) {
    const text = await readFile(file, 'utf8');
    // Commands with -w are scripts of another package.
    for (const [, name = ''] of text.matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)(?! -w)\b/g)) named.add(name);
  }
  expect([...named].filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

async function outcome(file: string, ...args: readonly string[]) {
  const done = await run(process.execPath, [file, ...args], { encoding: 'utf8' }).catch((error) => error);
  const { code = 0, stdout, stderr }: { code?: number; stdout: string; stderr: string } = done;
  return { code, stdout, stderr };
}

describe.concurrent.each(programs)('npm run $name', ({ name, file }) => {
  it('prints its usage, options and an example for --help, and does nothing else', async () => {
    const { code, stdout, stderr } = await outcome(file, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: /);
    expect(stdout).toContain(name === 'rostbeef' ? 'rostbeef' : `npm ${name === 'start' ? '' : 'run '}${name}`);
    expect(stdout).toContain('--help');
    expect(stdout).toMatch(/\n\nExample:\s/);
  });

  it('names an unknown option and ends with status 2', async () => {
    const { code, stdout, stderr } = await outcome(file, '--no-such-option');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--no-such-option');
    expect(stderr).toContain('--help');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

it.each([
  ['infra/local/site.ts', 'package.json/site', 'ENOTDIR'],
  ['infra/package/build-package.ts', 'package.json', 'other files'],
])('%s says in one line that it can not write to %s', async (file, folder, reason) => {
  const { code, stdout, stderr } = await outcome(file, folder);
  expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
  expect(stderr).toContain(reason);
});
