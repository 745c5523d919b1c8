/** Reads the files of the local page, and of the viewer of the OpenAPI document. */
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { runCommand } from '../command/command.ts';
import { openApi } from '../openapi.ts';

/** One file of the site. */
export interface SiteFile {
  readonly contentType: string;
  readonly body: Buffer | string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files of the viewer that its page uses. */
const VIEWER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'];

/**
 * Reads every file of the site by its path in URLs. The pages refer to all files by relative URLs, so that they can also be
 * served from a folder.
 *
 * @param demo the users that the roster view proposes; `undefined` on a server of the user's own
 * @example
 * (await readSite(undefined)).get('/')?.contentType // 'text/html; charset=utf-8'
 */
export async function readSite(
  demo: { readonly users: readonly string[] } | undefined,
): Promise<Map<string, SiteFile>> {
  const folder = join(import.meta.dirname, 'site');
  const viewer = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const files = new Map<string, SiteFile>();
  const add = async (path: string, file: string) => {
    files.set(path, { contentType: TYPES[extname(file)] ?? 'text/plain', body: await readFile(file) });
  };
  for await (const file of glob('**/*.*', { cwd: folder })) await add(`/${file}`, join(folder, file));
  for (const name of VIEWER_FILES) await add(`/swagger-ui/${name}`, join(viewer, name));
  const json = (value: unknown): SiteFile => ({
    contentType: 'application/json',
    body: JSON.stringify(value, null, 2),
  });
  alias(files, '/index.html', '/');
  alias(files, '/reference.html', '/reference');
  files.set('/openapi.json', json(openApi()));
  if (demo !== undefined) files.set('/demo.json', json(demo));
  return files;
}

function alias(files: Map<string, SiteFile>, path: string, other: string): void {
  const file = files.get(path);
  if (file !== undefined) files.set(other, file);
}

/**
 * Writes the site into a folder, for a web server that serves it next to the API.
 *
 * @param folder the folder; it is made if it does not exist
 */
async function writeSite(folder: string): Promise<void> {
  const files = await readSite(undefined);
  for (const [path, { body }] of files) {
    if (extname(path) === '') continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), body);
  }
}

if (import.meta.main) {
  await runCommand(
    {
      name: 'npm run site',
      summary: 'Writes the page and the reference as static files, for a web server at the URL of the API.',
      argument: { name: 'folder', help: 'the folder to write to (default: dist/site)' },
      options: {},
      example: 'public',
    },
    async ({ positionals: [folder = 'dist/site'] }) => {
      await writeSite(folder);
      console.log(
        `The page is in ${folder}. Serve it from the URL of the API, because it calls the methods by relative URLs.`,
      );
      return undefined;
    },
  );
}
