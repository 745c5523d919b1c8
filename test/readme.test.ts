import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCatalogue } from 'rostbeef-layer';
import { expect, it } from 'vitest';

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

it('docs/ejabberd.md shows the file that it says to include', async () => {
  const file = await read('ejabberd/rostbeef.yml');
  expect(ejabberd).toContain(`\`\`\`yaml\n${file}\`\`\``);
});

it('docs/errors.md lists every error as its class has it', () => {
  const [, table = ''] = /<!-- errors:[^>]*-->\n(.*)\n<!-- \/errors -->/s.exec(errors) ?? [];
  expect(cellsOf(table).slice(2)).toEqual(errorRows);
});
