import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const pages: string[] = [];
for await (const page of glob(['*.md', 'docs/**/*.md', 'client/*.md'], { cwd: root })) pages.push(page);

const read = async (page: string) => withoutCode(await readFile(join(root, page), 'utf8'));

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```.*?^```/gms, '');
}

/** The anchors that GitHub gives a page's headings, and those that the page sets itself. */
function anchorsOf(markdown: string): readonly string[] {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
  return [...headings, ...[...markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)];
}

function linksOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

async function isBroken(page: string, link: string): Promise<boolean> {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(root, resolve(root, dirname(page), path));
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(await read(target)).includes(anchor);
}

describe.each(pages)('%s', (page) => {
  it('has only links to files and headings that exist', async () => {
    const links = linksOf(await read(page));
    const broken = await Promise.all(links.map((link) => isBroken(page, link)));
    expect(links.filter((_, index) => broken[index])).toEqual([]);
  });
});
