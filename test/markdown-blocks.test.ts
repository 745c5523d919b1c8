import { spawnSync } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';

const root = resolve(import.meta.dirname, '..');

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const blocks: Block[] = [];
for await (const page of glob(['*.md', 'docs/**/*.md', 'client/*.md'], { cwd: root })) {
  const markdown = await readFile(join(root, page), 'utf8');
  for (const [, language = '', text = ''] of markdown.matchAll(/^ *```(\w+)\n(.*?)^ *```/gms)) {
    blocks.push({ page, language, text });
  }
}

/** The blocks of a language, each with a title for its test. */
function blocksIn(language: string): readonly (readonly [title: string, text: string])[] {
  return blocks
    .filter((block) => block.language === language)
    .map(({ page, text }) => [`${page}: ${text.trim().split('\n')[0]}`, text]);
}

describe('the documentation', () => {
  it.each(blocksIn('sh'))('has a shell command that a shell can read (%s)', (_, text) => {
    // Placeholders such as <group> would be redirections.
    const { stderr } = spawnSync('sh', ['-n'], { input: text.replaceAll(/<[^<>\n]+>/g, 'X'), encoding: 'utf8' });
    expect(stderr).toBe('');
  });

  it.each(blocksIn('json'))('has JSON that can be parsed (%s)', (_, text) => {
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it.each(blocksIn('yaml'))('has YAML that can be parsed (%s)', (_, text) => {
    expect(parseDocument(text).errors).toEqual([]);
  });

  it.each(blocksIn('js'))('has JavaScript that can be parsed (%s)', (_, text) => {
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--check'], {
      input: text,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  });

  it('has blocks in no other languages, but for plain text, diagrams and queries', () => {
    const known = ['sh', 'json', 'yaml', 'js', 'ts', 'mermaid', 'text', 'csv', 'python'];
    expect(blocks.filter(({ language }) => !known.includes(language))).toEqual([]);
  });
});
