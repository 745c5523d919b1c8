import { glob, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import type { FunctionBundle } from './local/sandbox.ts';

/** What a build made: the files as they are deployed. */
export interface Built {
  /** The layer, as Lambda unpacks it at `/opt`. */
  readonly layer: string;
  /** The functions by method name, each with that layer. */
  readonly functions: Readonly<Record<string, FunctionBundle>>;
  /** The functions that tend the system, by the name of their folder in `functions/operations`. */
  readonly operations: Readonly<Record<string, FunctionBundle>>;
  /**
   * Every file, by its path below the output folder, in order. Those below `maps` are not deployed: a source map costs a
   * cold start whether it is read or not, so `npm run symbolicate` reads it where there is time.
   */
  readonly files: readonly BuiltFile[];
}

/** One file of a build. */
export interface BuiltFile {
  readonly path: string;
  readonly content: Uint8Array;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const layerName = 'rostbeef-layer';
/**
 * The SDK's credential providers other than the one for the environment variables that Lambda sets. The SDK loads them only
 * if those are missing. `npm start` sets them, so the bundle leaves the others out: they are larger than the client.
 */
const UNUSED_PROVIDERS = [
  ...['http', 'ini', 'process', 'sso', 'web-identity'].map((name) => `@aws-sdk/credential-provider-${name}`),
  '@smithy/credential-provider-imds',
];
const layerModule = `layer/nodejs/node_modules/${layerName}`;

/**
 * Bundles the layer and the functions into `outDir` (relative to the project). CommonJS: Lambda finds a layer by
 * `NODE_PATH`, which Node.js reads for `require` alone, and a CommonJS bundle starts faster than an ES module.
 */
export async function build(outDir = 'dist'): Promise<Built> {
  const target = resolve(root, outDir);
  const methods = await pathsIn('functions', '*.ts');
  const operations = await pathsIn('functions/operations', '*/index.ts');
  const lazy = await pathsIn('functions/layer', '**/*.lazy.ts');
  const entryPoints = {
    [`${layerModule}/index`]: 'functions/layer/index.ts',
    ...Object.fromEntries(lazy.map((path) => [`${layerModule}/${basename(path, '.lazy.ts')}`, path])),
    ...Object.fromEntries(methods.map((path) => [`functions/${basename(path, '.ts')}/index`, path])),
    ...Object.fromEntries(operations.map((path) => [`operations/${basename(dirname(path))}/index`, path])),
  };
  const files = [...(await bundle(target, entryPoints)), await layerPackage(lazy)].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  await write(target, files);
  await removeAllBut(files, target);
  const layer = join(target, 'layer');
  const inLayer = (folder: string, name: string): FunctionBundle => ({ folder: join(target, folder, name), layer });
  return {
    layer,
    functions: Object.fromEntries(
      methods
        .map((path) => basename(path, '.ts'))
        .map((name) => [name.replaceAll('-', '_'), inLayer('functions', name)]),
    ),
    operations: Object.fromEntries(
      operations.map((path) => basename(dirname(path))).map((name) => [name, inLayer('operations', name)]),
    ),
    files,
  };
}

/** Source files, relative to the project, in order. */
async function pathsIn(folder: string, pattern: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern, { cwd: join(root, folder) })) found.push(`${folder}/${path}`);
  return found.sort();
}

async function bundle(outdir: string, entryPoints: Readonly<Record<string, string>>): Promise<BuiltFile[]> {
  const { outputFiles } = await esbuild({
    absWorkingDir: root,
    entryPoints: { ...entryPoints },
    outdir,
    write: false,
    bundle: true,
    external: [layerName, ...UNUSED_PROVIDERS],
    // A file that is loaded later is loaded by `require`: the loader of ES modules would read it twice.
    supported: { 'dynamic-import': false },
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    // A dependency's ES modules can be shaken; the SDK's CommonJS entry alone is twice as large.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'external',
    sourcemap: 'external',
    logLevel: 'warning',
  });
  return outputFiles.map(({ path, contents }) => {
    const name = relative(outdir, path);
    if (!name.endsWith('.map')) return { path: name, content: contents };
    return { path: join('maps', name), content: inProject(Buffer.from(contents), dirname(path)) };
  });
}

/** A source map whose sources are named from the project on, wherever the build goes. */
function inProject(sourceMap: Buffer, folder: string): Buffer {
  const map: { sources: string[] } = JSON.parse(sourceMap.toString());
  return Buffer.from(
    JSON.stringify({ ...map, sources: map.sources.map((source) => relative(root, resolve(folder, source))) }),
  );
}

/** @param lazy the source files that are loaded later */
async function layerPackage(lazy: readonly string[]): Promise<BuiltFile> {
  const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const names = lazy.map((path) => basename(path, '.lazy.ts'));
  const exports = { '.': './index.cjs', ...Object.fromEntries(names.map((name) => [`./${name}`, `./${name}.cjs`])) };
  const content = Buffer.from(`${JSON.stringify({ name: layerName, version, exports }, null, 2)}\n`);
  return { path: `${layerModule}/package.json`, content };
}

/** Each file is written aside and moved into place: a build at the same time never leaves half a file to be read. */
async function write(target: string, files: readonly BuiltFile[]): Promise<void> {
  await mkdir(target, { recursive: true });
  const aside = await mkdtemp(join(target, '.build-'));
  try {
    for (const { path, content } of files) {
      const written = join(aside, path.replaceAll('/', '+'));
      await writeFile(written, content);
      await mkdir(dirname(join(target, path)), { recursive: true });
      await rename(written, join(target, path));
    }
  } finally {
    await rm(aside, { recursive: true });
  }
}

/** Functions that are no longer there must not be deployed. */
async function removeAllBut(files: readonly BuiltFile[], target: string): Promise<void> {
  const kept = new Set(files.map(({ path }) => dirname(path)));
  const there: string[] = [];
  for await (const folder of glob('{,maps/}{functions,operations}/*', { cwd: target })) there.push(folder);
  const gone = there.filter((folder) => !kept.has(folder));
  await Promise.all(gone.map((folder) => rm(join(target, folder), { recursive: true, force: true })));
}

if (import.meta.main) {
  const { files, ...folders } = await build();
  if (process.argv.includes('--json')) console.log(JSON.stringify({ ...folders, files: [] }));
  else for (const file of files.filter(({ path }) => !path.startsWith('maps/'))) console.log(sizeOf(file));
}

function sizeOf({ path, content }: BuiltFile): string {
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
  return `${kilobytes(content.length)} ${kilobytes(gzipSync(content).length)} gzip  dist/${path}`;
}
