/** Builds the package into `dist`: ES modules, CommonJS, and types for both. */
import { execFileSync } from 'node:child_process';
import { chmod, cp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** Builds everything, and removes what an earlier build left. */
export async function buildClient(): Promise<void> {
  const dist = join(root, 'dist');
  await rm(dist, { recursive: true, force: true });
  const options = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    absWorkingDir: root,
  } as const;
  await Promise.all([
    build({ ...options, entryPoints: ['src/index.ts'], outfile: 'dist/index.js', format: 'esm' }),
    build({ ...options, entryPoints: ['src/index.ts'], outfile: 'dist/index.cjs', format: 'cjs' }),
    build({ ...options, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.js', format: 'esm' }),
  ]);
  await chmod(join(dist, 'cli.js'), 0o755);
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  // The same types again, as those of a CommonJS package.
  await cp(join(dist, 'types'), join(dist, 'types-cjs'), { recursive: true });
  await writeFile(join(dist, 'types-cjs/package.json'), '{ "type": "commonjs" }\n');
  await cp(join(root, '../LICENSE'), join(root, 'LICENSE'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildClient();
