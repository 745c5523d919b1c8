import { glob, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build as esbuild } from 'esbuild';
import { runCommand } from './command/command.ts';
import type { FunctionBundle } from './local/sandbox.ts';

/** The output of a build: the files as they are deployed. */
export interface Built {
  /** The layer, as Lambda unpacks it at `/opt`. */
  readonly layer: string;
  /** The functions by method name, each with that layer. */
  readonly functions: Readonly<Record<string, FunctionBundle>>;
  /** The doctor and the rotation, by the name of their folder in `functions/operations`. */
  readonly operations: Readonly<Record<string, FunctionBundle>>;
  /**
   * Every file, sorted by its path below the output folder. The source maps below `maps` are not deployed, because they would
   * slow every cold start. `npm run symbolicate` reads them.
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
 * The SDK’s credential providers that the bundle leaves out, because they are larger than the client. The SDK loads them only
 * if the environment has no credentials, and both Lambda and `npm start` set them there.
 */
const UNUSED_PROVIDERS = [
  ...['http', 'ini', 'process', 'sso', 'web-identity'].map((name) => `@aws-sdk/credential-provider-${name}`),
  '@smithy/credential-provider-imds',
];
/** The SDK loads it only for operations with event streams. Without it, the SDK loads in two thirds of the time. */
const UNUSED_EVENT_STREAMS = '@smithy/core/event-streams';
const layerModule = `layer/nodejs/node_modules/${layerName}`;

/**
 * Bundles the layer and the functions as CommonJS, which starts faster than ES modules. Lambda also finds a layer by
 * `NODE_PATH`, which Node.js reads for `require` only.
 *
 * @param outDir the output folder, relative to the project
 */
export async function build(outDir = 'dist'): Promise<Built> {
  const target = resolve(root, outDir);
  const methods = await pathsIn('functions', '*.ts');
  const operations = await pathsIn('functions/operations', '*/index.ts');
  const lazy = await pathsIn('functions/layer', '**/*.lazy.ts');
  const layerAndFunctions = {
    [`${layerModule}/index`]: 'functions/layer/index.ts',
    ...Object.fromEntries(lazy.map((path) => [`${layerModule}/${basename(path, '.lazy.ts')}`, path])),
    ...Object.fromEntries(methods.map((path) => [`functions/${basename(path, '.ts')}/index`, path])),
  };
  const others = Object.fromEntries(operations.map((path) => [`operations/${basename(dirname(path))}/index`, path]));
  const external = [layerName, ...UNUSED_PROVIDERS];
  // Node.js finds a file by its name faster than by a map of exports.
  const alias = Object.fromEntries(
    lazy.map((path) => `${layerName}/${basename(path, '.lazy.ts')}`).map((name) => [name, `${name}.cjs`]),
  );
  const files = [
    ...(await bundle(target, layerAndFunctions, { external: [...external, UNUSED_EVENT_STREAMS], alias })),
    ...(await bundle(target, others, { external })),
    await layerPackage(),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
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

/** Lists source files by their paths in the project, sorted. */
async function pathsIn(folder: string, pattern: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern, { cwd: join(root, folder) })) found.push(`${folder}/${path}`);
  return found.sort();
}

async function bundle(
  outdir: string,
  entryPoints: Readonly<Record<string, string>>,
  options: Pick<BuildOptions, 'external' | 'alias'>,
): Promise<BuiltFile[]> {
  const { outputFiles } = await esbuild({
    absWorkingDir: root,
    entryPoints: { ...entryPoints },
    outdir,
    write: false,
    bundle: true,
    ...options,
    // Lazy files are loaded by `require`, because the loader of ES modules would read them twice.
    supported: { 'dynamic-import': false },
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    // ES modules can be tree-shaken. The SDK’s CommonJS entry is twice as large.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'external',
    sourcemap: 'external',
    logLevel: 'warning',
  });
  return outputFiles.map(({ path, contents }) => {
    const name = relative(outdir, path);
    if (!name.endsWith('.map')) return { path: name, content: contents };
    return { path: join('maps', name), content: withProjectPaths(Buffer.from(contents), dirname(path)) };
  });
}

/** Makes the paths of sources relative to the project, so that they do not depend on the output folder. */
function withProjectPaths(sourceMap: Buffer, folder: string): Buffer {
  const map: { sources: string[] } = JSON.parse(sourceMap.toString());
  return Buffer.from(
    JSON.stringify({ ...map, sources: map.sources.map((source) => relative(root, resolve(folder, source))) }),
  );
}

async function layerPackage(): Promise<BuiltFile> {
  const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const content = Buffer.from(`${JSON.stringify({ name: layerName, version, main: 'index.cjs' }, null, 2)}\n`);
  return { path: `${layerModule}/package.json`, content };
}

/** Moves each written file into place, so that builds at the same time never leave a partial file. */
async function write(target: string, files: readonly BuiltFile[]): Promise<void> {
  await mkdir(target, { recursive: true });
  const staging = await mkdtemp(join(target, '.build-'));
  try {
    for (const { path, content } of files) {
      const written = join(staging, path.replaceAll('/', '+'));
      await writeFile(written, content);
      await mkdir(dirname(join(target, path)), { recursive: true });
      await rename(written, join(target, path));
    }
  } finally {
    await rm(staging, { recursive: true });
  }
}

/** Removes the files of earlier builds that this build did not write, so that they are not deployed. */
async function removeAllBut(files: readonly BuiltFile[], target: string): Promise<void> {
  const kept = new Set(files.flatMap(({ path }) => pathAndFolders(path)));
  const found: string[] = [];
  for await (const path of glob('{,maps/}{functions,operations,layer}/**', { cwd: target })) found.push(path);
  const stale = found.filter((path) => !kept.has(path));
  await Promise.all(stale.map((path) => rm(join(target, path), { recursive: true, force: true })));
}

function pathAndFolders(path: string): readonly string[] {
  return path === '.' ? [] : [path, ...pathAndFolders(dirname(path))];
}

async function main(asJson: boolean): Promise<undefined> {
  const { files, ...folders } = await build();
  if (asJson) console.log(JSON.stringify({ ...folders, files: [] }));
  else for (const file of files.filter(({ path }) => !path.startsWith('maps/'))) console.log(sizeOf(file));
  return undefined;
}

if (import.meta.main) {
  await runCommand(
    {
      name: 'npm run build',
      summary: 'Bundles the layer and the functions into dist, as they are deployed. Prints their sizes.',
      options: { json: { type: 'boolean', help: 'print the folders as JSON' } },
      example: '',
    },
    ({ values: { json = false } }) => main(json),
  );
}

function sizeOf({ path, content }: BuiltFile): string {
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
  return `${kilobytes(content.length)} ${kilobytes(gzipSync(content).length)} gzip  dist/${path}`;
}
