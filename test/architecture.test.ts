import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** The TypeScript files below a folder, by their paths in it. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
}

const layer = filesIn('functions/layer');
const infra = filesIn('infra');
const sourceOf = (folder: string, file: string) => readFileSync(join(root, folder, file), 'utf8');

/** The files that a file imports, by their paths in the same folder. A type import counts only if asked for. */
function importsOf(folder: string, file: string, { types }: { readonly types: boolean }): readonly string[] {
  const pattern = types ? /from '(\.[^']+)'/g : /^(?:import|export) (?!type )[^;]*?from '(\.[^']+)'/gm;
  return [...sourceOf(folder, file).matchAll(pattern)].map(([, path]) =>
    relative(join(root, folder), resolve(root, folder, file, '..', path ?? '')),
  );
}

/** The files that end up importing themselves, values only. */
function cyclesIn(folder: string, files: readonly string[]): readonly string[] {
  const imports = new Map(files.map((file) => [file, importsOf(folder, file, { types: false })]));
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    (imports.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return files.filter((file) => reaches(file, file, new Set()));
}

/** Lists imports that go from a later room to an earlier one. */
function backwardsIn(folder: string, files: readonly string[], rooms: readonly string[]): readonly string[] {
  const roomOf = (file: string) => rooms.findIndex((room) => file === room || file.startsWith(`${room}/`));
  const homeless = files.filter((file) => roomOf(file) < 0).map((file) => `${file} is in no room`);
  const backwards = files.flatMap((file) =>
    importsOf(folder, file, { types: true })
      .filter((imported) => roomOf(imported) >= 0 && roomOf(imported) < roomOf(file))
      .map((imported) => `${file} imports ${imported}`),
  );
  return [...homeless, ...backwards];
}

describe('the layer', () => {
  it('imports from its own room and from later rooms only', () => {
    expect(
      backwardsIn('functions/layer', layer, [
        'index.ts',
        'runtime',
        'events',
        'observability',
        'methods',
        'dialects/ejabberd',
        'dialects/rostbeef',
        'dialects',
        'idempotency',
        'credentials',
        'xmlrpc',
        'http',
        'config',
        'errors',
        'xmpp',
        'shared',
      ]),
    ).toEqual([]);
  });

  it('has no dialect that imports another', () => {
    const files = layer.filter((file) => file.startsWith('dialects/rostbeef/'));
    const others = files.flatMap((file) => importsOf('functions/layer', file, { types: true }));
    expect(others.filter((file) => file.startsWith('dialects/ejabberd/'))).toEqual([]);
  });

  it('loads the files with the suffix .lazy.ts later, and no others', () => {
    const loadedLater = layer.flatMap((file) =>
      [...sourceOf('functions/layer', file).matchAll(/\bimport\('([^']+)'\)/g)].map(([, name = '']) =>
        name.replace(/^rostbeef-layer\/(.*)$/, '$1.lazy.ts'),
      ),
    );
    const lazy = layer.filter((file) => file.endsWith('.lazy.ts'));
    expect(loadedLater.sort()).toEqual(lazy.map((file) => basename(file)).sort());
    const loadedAtOnce = layer.flatMap((file) =>
      importsOf('functions/layer', file, { types: false }).filter((imported) => imported.endsWith('.lazy.ts')),
    );
    expect(loadedAtOnce).toEqual([]);
  });

  it.each([
    ['process.env', ['config/config.ts']],
    ["from '@middy/", ['runtime/method-chain.ts']],
    ["'@aws-sdk/", ['idempotency/dynamodb.lazy.ts', 'credentials/secrets-manager.lazy.ts']],
    ["from 'xmlrpc", ['xmlrpc/forms.lazy.ts']],
    ["node:net'", ['http/exchange.ts', 'http/pool.ts', 'xmpp/jid-parts.ts']],
    ["node:tls'", ['http/endpoint.ts', 'http/transport.ts']],
    ["node:http'", ['http/exchange.ts', 'http/endpoint.ts', 'http/pool.ts', 'http/response.ts', 'http/transport.ts']],
    ["node:https'", ['http/pool.ts']],
  ])('has %s in no other file than %j', (text, allowed) => {
    const holders = layer.filter((file) => sourceOf('functions/layer', file).includes(text));
    expect(holders.filter((file) => !allowed.includes(file))).toEqual([]);
  });
});

describe('a cold start', () => {
  it('loads neither TLS nor HTTPS, because they are loaded for the first connection that needs them', () => {
    const eager = layer.filter((file) =>
      /^import (?!type ).*'node:(?:tls|https)'/m.test(sourceOf('functions/layer', file)),
    );
    expect(eager).toEqual([]);
  });
});

describe('the infrastructure', () => {
  it('keeps constructs and stacks apart from the tools that run on a developer’s machine', () => {
    const deployed = infra.filter((file) => /^(?:config|constructs|stacks)\//.test(file) || file === 'app.ts');
    const tools = deployed.flatMap((file) =>
      importsOf('infra', file, { types: false })
        .filter((imported) => /^(?:local|smoke|free-key)\//.test(imported))
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(tools).toEqual([]);
  });

  it('builds stacks from constructs, and constructs from configuration', () => {
    const files = infra.filter((file) => /^(?:config|constructs|stacks)\//.test(file));
    expect(backwardsIn('infra', files, ['stacks', 'constructs', 'config'])).toEqual([]);
  });
});

describe('the client', () => {
  const client = filesIn('client/src');

  it('imports nothing of this project but itself', () => {
    const outside = client.flatMap((file) =>
      importsOf('client/src', file, { types: true }).filter(
        (path) => path.startsWith('..') && path !== '../package.json',
      ),
    );
    expect(outside).toEqual([]);
    expect(client.filter((file) => sourceOf('client/src', file).includes('rostbeef-layer'))).toEqual([]);
  });

  it('keeps the packages of the command line and of the bridge out of the library', () => {
    const library = client.filter((file) => !/^(?:cli|bridge)\//.test(file));
    const packages = library.flatMap((file) =>
      [...sourceOf('client/src', file).matchAll(/from '([^.'][^']*)'/g)].map(([, name = '']) => name),
    );
    expect([...new Set(packages.filter((name) => !name.startsWith('node:')))]).toEqual(['aws4fetch']);
  });
});

it.each([
  ['functions', filesIn('functions')],
  ['infra', infra],
  ['client/src', filesIn('client/src')],
])('no file in %s imports itself by way of others', (folder, files) => {
  expect(cyclesIn(folder, files)).toEqual([]);
});

it('every call of AWS in the functions is in the table of permissions', () => {
  const code = filesIn('functions').map((file) => sourceOf('functions', file));
  const operations = new Set(
    code.flatMap((text) => [...text.matchAll(/new (?:\w+\.)*(\w+)Command\(/g)].map(([, name = '']) => name)),
  );
  const table = readFileSync(join(root, 'test/infra/calls.md'), 'utf8');
  expect(operations.size).toBeGreaterThan(6);
  expect([...operations].filter((name) => !table.includes(`:${name}\``))).toEqual([]);
});
