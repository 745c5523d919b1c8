import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { errorCatalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ERROR_CLASSES } from '../../client/src/index.ts';
import { type LocalApi, startLocalApi } from '../support/local-api.ts';
import { runCommand } from './terminal.ts';

let api: LocalApi;
let folder: string;
beforeAll(async () => {
  [api, folder] = await Promise.all([startLocalApi(), mkdtemp(join(tmpdir(), 'rostbeef-session-'))]);
});
afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true });
});

interface Step {
  readonly command: string;
  readonly output: string;
}

/** The commands of the session in docs/cli.md, each with what it wrote. */
async function session(): Promise<readonly Step[]> {
  const page = await readFile('docs/cli.md', 'utf8');
  const [, text = ''] = /<!-- session:[^>]*-->\n```text\n(.*)\n```\n<!-- \/session -->/s.exec(page) ?? [];
  return text.split(/\n*^\$ /m).flatMap((step) => {
    const [command = '', ...lines] = step.split('\n');
    return command === '' ? [] : [{ command, output: lines.join('\n') }];
  });
}

/** The words of a command line, quotes removed. */
const words = (command: string) =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

async function replay({ command, output }: Step): Promise<string> {
  const [program, ...args] = words(command);
  const path = join(folder, basename(args[0] ?? ''));
  if (program === 'cat' && args[0] === 'links.csv') {
    await writeFile(path, `${output}\n`);
    return output;
  }
  if (program === 'cat') return (await readFile(path, 'utf8')).replaceAll('\r\n', '\n').trim();
  const pipe = args.indexOf('|');
  const own = (pipe < 0 ? args : args.slice(0, pipe)).map((word) => (word === 'links.csv' ? join(folder, word) : word));
  const ran = await runCommand([...own, '--url', api.url], { isTerminal: pipe < 0 });
  // A terminal shows the last state of the line of progress, which differs in its rate.
  const errors = ran.err.replaceAll(/\r[^\n]*\n?/g, '');
  return `${ran.out}${errors}`.replaceAll(`${folder}/`, '').trim();
}

it('the session in docs/cli.md is what a terminal shows', async () => {
  const steps = await session();
  expect(steps.length).toBeGreaterThan(10);
  for (const step of steps) expect(await replay(step), step.command).toBe(step.output);
});

it('docs/client.md lists the errors that the functions do not have', async () => {
  const page = await readFile('docs/client.md', 'utf8');
  const [, table = ''] = /<!-- errors:[^>]*-->\n(.*)\n<!-- \/errors -->/s.exec(page) ?? [];
  const listed = table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').map((cell) => cell.trim()));
  const ofFunctions = errorCatalogue().map(({ name }) => name);
  const further = Object.values(ERROR_CLASSES)
    .map((Class) => new Class(''))
    .filter(({ name }) => !ofFunctions.includes(name));
  expect(listed.map(([, name, , retryable]) => [name, retryable])).toEqual(
    further.map(({ name, retryable }) => [`\`${name}\``, retryable ? 'yes' : 'no']),
  );
});
