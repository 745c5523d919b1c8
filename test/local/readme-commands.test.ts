import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { catalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalApi, startLocalApi } from '../support/local-api.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = ['README.md', 'docs/start.md', 'docs/calling.md'];
const texts = await Promise.all(pages.map((page) => readFile(join(root, page), 'utf8')));
const documentation = texts.join('\n');
const blocks = (language: string): string[] =>
  [...documentation.matchAll(/```(\w+)\n(.*?)```/gs)].flatMap(([, tag, text = '']) => (tag === language ? [text] : []));

/** Each command that calls the gateway, as the documentation has it. */
const commands = blocks('sh').flatMap((block) =>
  [...block.matchAll(/^curl .*?(?=\ncurl |\n*$(?![\s\S]))/gms)].map(String),
);

const run = promisify(execFile);
const { PATH = '' } = process.env;

let api: LocalApi;
beforeAll(async () => {
  api = await startLocalApi();
});
afterAll(() => api.stop());

/** A text of the documentation with this API's address. */
const here = (text: string): string => text.replaceAll('http://127.0.0.1:3000', api.url);

describe('the documentation', () => {
  it('has a command for each method, and for each event source', () => {
    for (const { name } of catalogue) expect(commands.join('\n')).toContain(`:3000/${name} `);
    expect(commands.join('\n')).toMatch(/invocations.*invocations.*"Records".*invocations.*"detail-type"/s);
  });

  it.each(commands)('has a command that works as it is: %s', async (command) => {
    const { stdout } = await run('sh', ['-c', `${here(command.trimEnd())} -w '\\n%{http_code}'`], { env: { PATH } });
    const [body = '', status] = stdout.split(/\n(?=\d+$)/);
    expect(status).toBe('200');
    expect(JSON.parse(body)).not.toHaveProperty('errorType');
    expect(JSON.parse(body)['batchItemFailures'] ?? []).toEqual([]);
  });

  it('has a program for an AWS SDK client that works as it is', async () => {
    const [program = ''] = blocks('js');
    const options = { cwd: root, env: { PATH } };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', here(program)], options);
    expect(stdout).toMatch(/^\d+\nItemNotFoundError No such user: ghost@example.com \(404 item-not-found\)\n$/);
  });
});
