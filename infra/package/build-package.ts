/** Builds the package `rostbeef-functions`: the constructs as JavaScript, and the functions that they deploy. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild, type Plugin } from 'esbuild';
import { catalogue } from 'rostbeef-layer';
import project from '../../package.json' with { type: 'json' };
import { build } from '../build.ts';
import { runCommand } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { notices } from './notices.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The oldest release of the CDK that synthesizes the same as the newest. Older ones allow the wrong resources in the policy of
 * a distributed map, so a bulk run can't be stopped or redriven. `npm run test:constructs` tries it.
 */
export const OLDEST_CDK = '2.215.0';

/** The declarations that the exports refer to. */
const PUBLIC_TYPES = ['index.d.ts', 'constructs/ejabberd-*.d.ts', 'constructs/rostbeef-*.d.ts'];

/** In the package, the functions are built already, and no esbuild is needed at synthesis. */
const packagedAssets: Plugin = {
  name: 'packaged-assets',
  setup({ onResolve }) {
    onResolve({ filter: /\/built\.ts$/ }, () => ({ path: join(root, 'infra/package/packaged-assets.ts') }));
  },
};

/**
 * Builds the package into a folder, which `npm pack` and `npm publish` take.
 *
 * @param folder an empty folder, or that of an earlier package, which is removed first
 * @throws CommandError if the folder has other files
 */
export async function buildPackage(folder = join(root, 'dist/package')): Promise<void> {
  await demandOwn(folder);
  await rm(folder, { recursive: true, force: true });
  const assets = join(folder, 'assets');
  await build(assets);
  await rm(join(assets, 'maps'), { recursive: true });
  const { metafile } = await esbuild({
    absWorkingDir: root,
    entryPoints: ['infra/index.ts'],
    outfile: join(folder, 'index.js'),
    bundle: true,
    metafile: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['aws-cdk-lib', 'constructs', 'rostbeef-layer/*'],
    plugins: [packagedAssets],
    legalComments: 'none',
    logLevel: 'warning',
  });
  await writeTypes(join(folder, 'types'));
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.md'), await notices(root, Object.keys(metafile.inputs)));
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  await cp(join(root, 'infra/package/README.md'), join(folder, 'README.md'));
}

/** A package has a folder `assets/layer`, and the project has none. */
async function demandOwn(folder: string): Promise<void> {
  if (!existsSync(folder) || existsSync(join(folder, 'assets/layer'))) return;
  const found = await readdir(folder).catch(() => [folder]);
  if (found.length === 0) return;
  throw new CommandError(
    `${folder} has other files: name an empty folder, because the package replaces everything in it.`,
  );
}

function manifest(): object {
  const { version, description, license } = project;
  return {
    name: 'rostbeef-functions',
    version,
    description,
    license,
    keywords: ['aws', 'cdk', 'constructs', 'ejabberd', 'lambda', 'roster', 'xmpp', 'xmlrpc'],
    main: 'index.js',
    types: 'types/index.d.ts',
    exports: { '.': { types: './types/index.d.ts', default: './index.js' } },
    engines: { node: '>=20' },
    peerDependencies: {
      'aws-cdk-lib': `^${OLDEST_CDK}`,
      // As aws-cdk-lib itself.
      constructs: '^10.0.0',
    },
  };
}

/** Writes the declarations of the constructs. Of the layer, they need only the names of the methods. */
async function writeTypes(folder: string): Promise<void> {
  const compiled = join(folder, '.compiled');
  const config = join(folder, 'tsconfig.json');
  await mkdir(folder, { recursive: true });
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir: compiled,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const files = ['infra/index.ts', 'functions/layer/xmlrpc/xmlrpc.d.ts'].map((file) => join(root, file));
  await writeFile(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files }),
  );
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', config], {
    stdio: 'inherit',
  });
  for await (const file of glob(PUBLIC_TYPES, { cwd: join(compiled, 'infra') })) {
    const target = resolve(folder, file);
    const names = relative(dirname(target), join(folder, 'method-name.js'));
    const text = await readFile(join(compiled, 'infra', file), 'utf8');
    await mkdir(dirname(target), { recursive: true });
    await writeFile(
      target,
      text
        .replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'")
        .replaceAll("from 'rostbeef-layer'", `from '${names.startsWith('.') ? names : `./${names}`}'`),
    );
  }
  const union = catalogue.map(({ name }) => `'${name}'`).join(' | ');
  await writeFile(
    join(folder, 'method-name.d.ts'),
    `/** The name of a method. */\nexport type MethodName = ${union};\n`,
  );
  await Promise.all([rm(compiled, { recursive: true }), rm(config)]);
}

if (import.meta.main) {
  await runCommand(
    {
      name: 'npm run package',
      summary: 'Writes the package of the constructs, as another CDK app installs it.',
      argument: { name: 'folder', help: 'an empty folder, or that of an earlier package (default: ./dist/package)' },
      options: {},
      example: '/tmp/rostbeef-functions',
    },
    async ({ positionals: [folder] }) => {
      await buildPackage(folder === undefined ? undefined : resolve(folder));
      console.log(
        `The package is in ${folder ?? 'dist/package'}. "npm pack ${folder ?? './dist/package'}" makes its tarball.`,
      );
      return undefined;
    },
  );
}
