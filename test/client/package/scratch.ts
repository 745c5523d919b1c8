/** Scratch projects that use the package as it is published. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildClient } from '../../../client/build.ts';

const exec = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');

/** A folder outside of the project, with the packed package. */
export interface Scratch {
  readonly folder: string;
  readonly tarball: string;
  /** The files in the tarball. */
  readonly files: readonly string[];
  remove(): Promise<void>;
}

/** Builds and packs the package, as `docs/client.md` says. */
export async function packClient(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-package-'));
  await buildClient();
  const pack = ['pack', '--json', '--ignore-scripts', '--workspace', 'rostbeef', '--pack-destination', folder];
  const { stdout } = await exec('npm', pack, { cwd: root });
  const [packed] = Object.values<Packed>(JSON.parse(stdout));
  if (packed === undefined) throw new Error(`npm packed nothing: ${stdout}`);
  return {
    folder,
    tarball: join(folder, packed.filename),
    files: packed.files.map(({ path }) => path),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/**
 * Puts the package into `node_modules` without a registry: the tarball is unpacked, and its dependencies are those of this
 * project. `npm run test:package` installs it with npm.
 */
export async function unpackClient({ folder, tarball }: Scratch): Promise<void> {
  const home = join(folder, 'node_modules/rostbeef');
  await mkdir(home, { recursive: true });
  await exec('tar', ['-xzf', tarball, '-C', home, '--strip-components=1']);
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    await readFile(join(home, 'package.json'), 'utf8'),
  );
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types']) {
    const target = join(folder, 'node_modules', name);
    await mkdir(dirname(target), { recursive: true });
    await symlink(join(root, 'node_modules', name), target);
  }
}

const require = createRequire(import.meta.url);

/** Writes what uses the package: as an ES module, as CommonJS, and in TypeScript as both. */
export async function writeUsers({ folder }: Scratch, url: string): Promise<void> {
  const use = `
    const client = createClient(${JSON.stringify(url)});
    client.getPresence({ user: 'ghost', server: 'x' }).catch((error) =>
      console.log(JSON.stringify([error.name, error instanceof ItemNotFoundError, isRostbeefError(error)])));`;
  const names = '{ createClient, isRostbeefError, ItemNotFoundError }';
  await writeFile(join(folder, 'use.mjs'), `import ${names} from 'rostbeef';${use}`);
  await writeFile(join(folder, 'use.cjs'), `const ${names} = require('rostbeef');${use}`);
  const types = await readFile(join(import.meta.dirname, 'scratch/narrowing.ts.txt'), 'utf8');
  for (const name of ['narrowing.mts', 'narrowing.cts']) await writeFile(join(folder, name), types);
  const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: ['node'] };
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['narrowing.mts', 'narrowing.cts'] }),
  );
}

/** Runs a command in the scratch project. */
export async function runIn({ folder }: Scratch, command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await exec(command, [...args], { cwd: folder });
  return stdout.trim();
}

/** Checks the types in the scratch project, without skipping those of the package. */
export async function checkTypes({ folder }: Scratch): Promise<string> {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { stdout } = await exec(process.execPath, [tsc, '-p', folder], { cwd: folder }).catch((error) => error);
  return String(stdout).trim();
}
