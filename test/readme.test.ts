import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCatalogue } from 'rostbeef-layer';
import { expect, it } from 'vitest';

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

it('the README lists every error as its class has it', async () => {
  const readme = await readFile(resolve(import.meta.dirname, '../README.md'), 'utf8');
  const [, table] = /<!-- errors:[^>]*-->\n(.*)\n<!-- \/errors -->/s.exec(readme) ?? [];
  expect(table).toBe(errorTable());
});
