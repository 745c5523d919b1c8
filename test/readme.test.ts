import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCatalogue } from 'rostbeef-layer';
import { expect, it } from 'vitest';
import { FUNCTION_COMMANDS } from './support/ejabberd/config.ts';

/** The rows of the table of errors as the documentation should have them. */
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

const read = (page: string) => readFile(resolve(import.meta.dirname, '../docs', page), 'utf8');
const [ejabberd, errors] = await Promise.all([read('ejabberd.md'), read('errors.md')]);

/** The commands that a paragraph of `api_permissions` allows. */
function allowedTo(name: string): readonly string[] {
  const [, list = ''] =
    new RegExp(`^  ${name}:\n(?:    .*\n)*?    what:\n((?:      - .*\n)+)`, 'm').exec(ejabberd) ?? [];
  return list.split('\n').flatMap((line) => line.replace('- ', '').trim() || []);
}

it('docs/ejabberd.md allows what the tests allow', () => {
  expect(allowedTo('rostbeef functions')).toEqual(FUNCTION_COMMANDS);
  expect(allowedTo('rostbeef rotation')).toEqual(['change_password']);
});

it('docs/errors.md lists every error as its class has it', () => {
  const [, table = ''] = /<!-- errors:[^>]*-->\n(.*)\n<!-- \/errors -->/s.exec(errors) ?? [];
  expect(cellsOf(table).slice(2)).toEqual(errorRows);
});
