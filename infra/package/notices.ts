/** Writes the notices of the packages that are bundled. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Returns the licenses of the bundled packages as one document.
 *
 * @param root the project's folder
 * @param inputs the paths of the bundled files, relative to the root
 */
export async function notices(root: string, inputs: readonly string[]): Promise<string> {
  const layer: { dependencies: Record<string, string> } = JSON.parse(
    await readFile(join(root, 'functions/layer/package.json'), 'utf8'),
  );
  const bundled = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const names = [...new Set([...Object.keys(layer.dependencies), ...bundled])].sort();
  const parts = await Promise.all(names.map((name) => noticeOf(join(root, 'node_modules', name), name)));
  return ['# Third-party notices', 'This package contains code of these packages.', ...parts, ''].join('\n\n');
}

async function noticeOf(folder: string, name: string): Promise<string> {
  const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const texts: string[] = [];
  for await (const file of glob('{LICENSE,LICENCE,License,license}*', { cwd: folder })) {
    texts.push((await readFile(join(folder, file), 'utf8')).trim());
  }
  return [`## ${name} ${version} (${license})`, ...texts.slice(0, 1).map((text) => `\`\`\`text\n${text}\n\`\`\``)].join(
    '\n\n',
  );
}
