/** Tables of the documentation between two comments. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const docs = resolve(import.meta.dirname, '../../docs');

/** The rows of the table between the comments of that name, each as its cells. */
export async function documentedTable(page: string, name: string): Promise<readonly (readonly string[])[]> {
  const text = await readFile(resolve(docs, page), 'utf8');
  const [, table = ''] = new RegExp(`<!-- ${name}:[^>]*-->\\n(.*?)\\n<!-- /${name} -->`, 's').exec(text) ?? [];
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')));
}

/** The names in the first column. A row may have several. */
export function namesIn(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.flatMap(([first = '']) => [...first.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
}
