/**
 * Installs the packed constructs into the TypeScript app of `cdk init`, with several releases of the CDK, and synthesizes each
 * construct with the app's own runner. It needs the npm registry, so it is a command: `npm run test:constructs`.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { runCommand } from '../../infra/command/command.ts';
import { buildPackage, OLDEST_CDK } from '../../infra/package/build-package.ts';
import project from '../../package.json' with { type: 'json' };
import { type Essence, essenceOf } from './synthesized.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

/** The release that the project itself is tested with. */
const OWN_CDK = project.devDependencies['aws-cdk-lib'];

async function pack(folder: string): Promise<string> {
  await buildPackage(join(folder, 'built'));
  await run('npm', ['pack', join(folder, 'built'), '--pack-destination', folder]);
  const [tarball = ''] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
  return join(folder, tarball);
}

/** Makes an app as `cdk init` does, installs a release of the CDK and the package, and returns what `cdk synth` makes. */
async function synthesize(folder: string, tarball: string, release: string): Promise<Essence> {
  const app = join(folder, release, 'app');
  await mkdir(app, { recursive: true });
  const cdk = join(root, 'node_modules/aws-cdk/bin/cdk');
  await run(process.execPath, [cdk, 'init', 'app', '--language', 'typescript', '--generate-only'], { cwd: app });
  const manifest = JSON.parse(await readFile(join(app, 'package.json'), 'utf8'));
  Object.assign(manifest.dependencies, { 'aws-cdk-lib': release });
  await writeFile(join(app, 'package.json'), JSON.stringify(manifest));
  // Without --legacy-peer-deps or --force, npm refuses a release that the package does not allow.
  await run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: app });
  await cp(join(import.meta.dirname, 'everything.ts'), join(app, 'bin/app.ts'));
  await run('npx', ['cdk', 'synth', '--quiet'], { cwd: app, maxBuffer: 100_000_000 });
  return essenceOf(JSON.parse(await readFile(join(app, 'cdk.out/Chat.template.json'), 'utf8')));
}

function differences(one: Essence, other: Essence): readonly string[] {
  const ids = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...ids].filter((id) => !isDeepStrictEqual(one[id], other[id]));
}

async function compare(releases: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-constructs-'));
  try {
    const tarball = await pack(folder);
    const own = await synthesize(folder, tarball, OWN_CDK);
    console.log(`ok      aws-cdk-lib ${OWN_CDK}: ${Object.keys(own).length} resources`);
    let failed = 0;
    for (const release of releases) {
      const lost = await synthesize(folder, tarball, release).then((made) => differences(own, made), failureOf);
      console.log(
        `${lost.length === 0 ? 'ok    ' : 'FAILED'}  aws-cdk-lib ${release}: ${lost.join(', ') || 'the same'}`,
      );
      failed += Number(lost.length > 0);
    }
    return failed === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function failureOf(error: unknown): readonly string[] {
  const output = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : '';
  return [output.trim().split('\n').slice(-20).join('\n') || String(error)];
}

await runCommand(
  {
    name: 'npm run test:constructs',
    summary:
      'Installs the packed constructs into the TypeScript app of cdk init with several releases of aws-cdk-lib, and ' +
      `compares what they synthesize with what ${OWN_CDK} does. Needs the npm registry.`,
    options: {},
    argument: { name: 'release', many: true, help: `releases of aws-cdk-lib (default: ${OLDEST_CDK} latest)` },
    example: `${OLDEST_CDK} 2.240.0 latest`,
  },
  ({ positionals }) => compare(positionals.length > 0 ? positionals : [OLDEST_CDK, 'latest']),
);
