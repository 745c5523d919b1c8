/** Installs the package with npm into an app of `cdk init`, for the oldest release of the CDK that it allows and the newest. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { scriptArguments } from '../../infra/command/command.ts';
import { buildPackage, OLDEST } from '../../infra/package/build-package.ts';

const { positionals } = scriptArguments({
  name: 'npm run test:constructs',
  summary:
    'Packs the constructs, installs them with npm into the app that cdk init makes, and synthesizes every construct. It ' +
    'needs the npm registry.',
  argument: { name: 'release', many: true, help: `releases of aws-cdk-lib (default: ${OLDEST.cdk} and latest)` },
  options: {},
  example: '2.240.0',
});
const releases = positionals.length > 0 ? positionals : [OLDEST.cdk, 'latest'];

const exec = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const init = join(root, 'node_modules/aws-cdk/lib/init-templates/app/typescript');
/** The command of the app in the file `cdk.json` that `cdk init` writes, without `npx`. */
const RUNNER = ['tsc', 'tsx'];

/** Returns the numbers of resources and of statements that allow the bulk workflow to be redriven. */
async function synthesize(tarball: string, release: string): Promise<string> {
  const app = await mkdtemp(join(tmpdir(), 'rostbeef-cdk-'));
  try {
    const constructs = release === OLDEST.cdk ? OLDEST.constructs : '10';
    const tools = ['@types/jest@30', '@types/node@24', 'tsx@4', 'typescript@~7.0.2'];
    const packages = [`aws-cdk-lib@${release}`, `constructs@${constructs}`, tarball, ...tools];
    await mkdir(join(app, 'bin'));
    await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0' }));
    await cp(join(init, 'tsconfig.json'), join(app, 'tsconfig.json'));
    await cp(join(import.meta.dirname, 'app/every-construct.ts'), join(app, 'bin/app.ts'));
    await exec('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: app });
    const env = { ...process.env, CDK_OUTDIR: join(app, 'out'), CDK_VALIDATION: 'false' };
    for (const tool of RUNNER) {
      const args = tool === 'tsx' ? ['bin/app.ts'] : [];
      await exec(join(app, 'node_modules/.bin', tool), args, { cwd: app, env });
    }
    const template = await readFile(join(app, 'out/Chat.template.json'), 'utf8');
    const resources = Object.keys(JSON.parse(template).Resources).length;
    const redrives = template.split('states:RedriveExecution').length - 1;
    if (redrives !== 1) throw new Error(`expected one statement for states:RedriveExecution, found ${redrives}`);
    return `${resources} resources`;
  } finally {
    await rm(app, { recursive: true });
  }
}

const folder = await mkdtemp(join(tmpdir(), 'rostbeef-pack-'));
try {
  await buildPackage(join(folder, 'built'));
  await exec('npm', ['pack', join(folder, 'built'), '--pack-destination', folder]);
  const [tarball = ''] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
  for (const release of releases) {
    const outcome = await synthesize(join(folder, tarball), release).catch((error) => {
      process.exitCode = 1;
      return `FAILED: ${error.stdout ?? ''}${error.stderr ?? error.message}`;
    });
    console.log(`aws-cdk-lib ${release.padEnd(8)} ${outcome}`);
  }
} finally {
  await rm(folder, { recursive: true });
}
