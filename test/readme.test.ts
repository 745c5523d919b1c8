import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const read = (page: string) => readFile(resolve(import.meta.dirname, '../docs', page), 'utf8');

it('docs/ejabberd.md shows the file that it says to include', async () => {
  const [page, file] = await Promise.all([read('ejabberd.md'), read('ejabberd/rostbeef.yml')]);
  expect(page).toContain(`\`\`\`yaml\n${file}\`\`\``);
});
