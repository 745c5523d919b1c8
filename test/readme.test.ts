import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCatalogue } from 'rostbeef-layer';
import { expect, it } from 'vitest';
import { FUNCTION_COMMANDS } from './support/ejabberd/config.ts';

/** The rows of the table of errors as the README should have them. */
const errorRows = errorCatalogue.map(({ name, summary, status, retryable, code, condition }) => [
  `\`${name}\``,
  summary,
  String(status ?? '–'),
  [code, condition].filter(Boolean).join(' ') || '–',
  retryable ? 'yes' : 'no',
]);

/** The cells of each row of a Markdown table, however it is padded. */
function cellsOf(table: string): string[][] {
  return table.split('\n').map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
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
  const [, table = ''] = /<!-- errors:[^>]*-->\n(.*)\n<!-- \/errors -->/s.exec(readme) ?? [];
  expect(cellsOf(table).slice(2)).toEqual(errorRows);
});
