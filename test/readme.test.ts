import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCatalogue } from 'rostbeef-layer';
import { expect, it } from 'vitest';
import { FUNCTION_COMMANDS } from './support/ejabberd/config.ts';

/** The table of errors as the README has it. */
function errorTable(): string {
  const rows = errorCatalogue.map(({ name, summary, status, retryable, code, condition }) =>
    [
      `\`${name}\``,
      summary,
      status ?? '–',
      [code, condition].filter(Boolean).join(' ') || '–',
      retryable ? 'yes' : 'no',
    ].join(' | '),
  );
  return [
    '| name | meaning | HTTP | code and condition | retryable |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

/** A formatter may align the columns. */
function compact(table: string): string {
  return table.replaceAll(/ *\| */g, '|').replaceAll(/-{3,}/g, '---');
}

const readme = await readFile(resolve(import.meta.dirname, '../README.md'), 'utf8');

/** The commands that a paragraph of `api_permissions` allows. */
function allowedTo(name: string): readonly string[] {
  const [, list = ''] = new RegExp(`^  ${name}:\n(?:    .*\n)*?    what:\n((?:      - .*\n)+)`, 'm').exec(readme) ?? [];
  return list.split('\n').flatMap((line) => line.replace('- ', '').trim() || []);
}

it('the README allows what the tests allow', () => {
  expect(allowedTo('rostbeef functions')).toEqual(FUNCTION_COMMANDS);
  expect(allowedTo('rostbeef rotation')).toEqual(['change_password']);
});

it('the README lists every error as its class has it', () => {
  const [, table] = /<!-- errors:[^>]*-->\n(.*)\n<!-- \/errors -->/s.exec(readme) ?? [];
  expect(compact(table ?? '')).toBe(compact(errorTable()));
});
