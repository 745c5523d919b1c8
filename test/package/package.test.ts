import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../../infra/package/build-package.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

/** The app of `cdk init`, with the lines of the documentation. */
const APP = `import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { EjabberdApi, EjabberdFunctions, EjabberdSecret } from 'rostbeef-functions';

const app = new App();
const stack = new Stack(app, 'Chat');
const vpc = new Vpc(stack, 'Vpc');
const secret = new EjabberdSecret(stack, 'Account', { account: 'rostbeef@xmpp.internal' });
const ejabberd = { url: 'https://xmpp.internal:5443/xmlrpc' };
const { functions } = new EjabberdFunctions(stack, 'Rostbeef', { vpc, ejabberd, secret });
new EjabberdApi(stack, 'Api', { functions });
app.synth();

export function wrong() {
  // @ts-expect-error A VPC is required.
  new EjabberdFunctions(stack, 'NoVpc', { ejabberd });
  // @ts-expect-error There is no such method.
  functions.get('get_rooster');
}
`;

describe('the package', { timeout: 180_000 }, () => {
  let folder: string;
  let app: string;
  const packed = () => join(app, 'node_modules/rostbeef-functions');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rostbeef-package-'));
    app = join(folder, 'app');
    await buildPackage(join(folder, 'built'));
    await run('npm', ['pack', join(folder, 'built'), '--pack-destination', folder]);
    const [tarball = ''] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
    await mkdir(app);
    await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0' }));
    // The app has its own CDK, so npm needs no network for the peers.
    const install = ['install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', join(folder, tarball)];
    await run('npm', install, { cwd: app });
    for (const name of ['aws-cdk-lib', 'constructs', '@types', 'undici-types']) {
      await symlink(join(root, 'node_modules', name), join(app, 'node_modules', name));
    }
    await mkdir(join(app, 'bin'));
    await writeFile(join(app, 'bin/app.ts'), APP);
    const template = join(root, 'node_modules/aws-cdk/lib/init-templates/app/typescript/tsconfig.json');
    const tsconfig = JSON.parse(await readFile(template, 'utf8'));
    Object.assign(tsconfig.compilerOptions, { types: ['node'], typeRoots: undefined });
    await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ ...tsconfig, include: ['bin'] }));
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true }));

  it('has types that the app of cdk init compiles with', async () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '--project', app]).catch((error) => error);
    expect(stdout).toBe('');
  });

  it('synthesizes the functions that it contains, without a build', async () => {
    const env = { PATH: '', CDK_OUTDIR: join(folder, 'out'), CDK_VALIDATION: 'false' };
    await run(process.execPath, [join(app, 'bin/app.ts')], { cwd: app, env });
    const template = JSON.parse(await readFile(join(folder, 'out/Chat.template.json'), 'utf8'));
    const resources: readonly { Type: string; Properties: Record<string, unknown> }[] = Object.values(
      template.Resources,
    );
    const functions = resources.filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(functions.filter(({ Properties }) => Properties['Runtime'] === 'nodejs24.x')).toHaveLength(7);
    const assets = await readdir(join(folder, 'out'));
    const files = await Promise.all(assets.map((name) => readdir(join(folder, 'out', name)).catch((): string[] => [])));
    expect(files.filter((names) => names.includes('index.cjs'))).toHaveLength(7);
  });

  it('has no tests, no sources and no more than it needs', async () => {
    const files = await readdir(packed(), { recursive: true });
    expect(files.filter((file) => /(?:^|\/)test|(?<!\.d)\.ts$|\.map$/.test(file))).toEqual([]);
    const sizes = await Promise.all(files.map((file) => stat(join(packed(), file))));
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(12_000_000);
  });

  it('names the packages whose code it contains, with their licenses', async () => {
    const notices = await readFile(join(packed(), 'THIRD-PARTY-NOTICES.md'), 'utf8');
    for (const name of ['@middy/core', 'xmlrpc', 'zod', 'saxes']) expect(notices).toContain(`## ${name} `);
    expect(notices).toContain('Permission is hereby granted');
  });

  it('leaves the CDK to the app', async () => {
    const manifest = JSON.parse(await readFile(join(packed(), 'package.json'), 'utf8'));
    expect(manifest.peerDependencies).toEqual({ 'aws-cdk-lib': '^2.215.0', constructs: '^10.0.0' });
    expect(manifest).not.toHaveProperty('dependencies');
  });
});

describe('the folder of the package', () => {
  it('is refused if it has other files, and they stay', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rostbeef-package-'));
    try {
      await writeFile(join(folder, 'package.json'), '{"name":"rostbeef-functions"}');
      await expect(buildPackage(folder)).rejects.toThrow(`${folder} has other files`);
      expect(await readdir(folder)).toEqual(['package.json']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
