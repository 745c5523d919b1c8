import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const layer = resolve(import.meta.dirname, '../functions/layer');
const files = readdirSync(layer, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const sourceOf = (file: string) => readFileSync(join(layer, file), 'utf8');

/** The rooms of the layer, from the outermost: a file imports from its own room and from those after it. */
const rooms: readonly (readonly [string, RegExp])[] = [
  ['the public door', /^index\.ts$/],
  ['the handler', /^handler\.ts$/],
  ['the container, and what the operators’ functions have for one', /^(?:container|operations)\.ts$/],
  ['the doors', /^doors\//],
  ['the log', /^(?:log|metrics)\.ts$/],
  ['the methods', /^methods\//],
  ['the dialects', /^ejabberd\//],
  ['the idempotency keys', /^idempotency\//],
  ['the credentials', /^credentials\//],
  ['the codec', /^xmlrpc\//],
  ['the transport', /^http\//],
  ['the settings', /^(?:config|setting-names)\.ts$/],
  [
    'the leaves',
    /^(?:errors\/.*|jid|a-labels|stringprep|stringprep-table|stanza\.lazy|stanza-parser|deadline|shared\/.*)(?:\.ts)?$/,
  ],
];

const roomOf = (file: string): number =>
  rooms.findIndex(([, pattern]) => pattern.test(file.replace(/\.ts$/, '')) || pattern.test(file));

const importsOf = (file: string): string[] =>
  [...sourceOf(file).matchAll(/from '(\.[^']+)'/g)].map(([, path]) =>
    relative(layer, resolve(layer, file, '..', path ?? '')),
  );

describe('the layer', () => {
  it('has a room for every file', () => {
    expect(files.filter((file) => roomOf(file) < 0)).toEqual([]);
  });

  it('imports in one direction only', () => {
    const backwards = files.flatMap((file) =>
      importsOf(file)
        .filter((imported) => roomOf(imported) < roomOf(file))
        .map((imported) => `${file} imports ${imported}`),
    );
    // Methods say what they need of an access and a dialect by type; both come to them from the container.
    expect(backwards).toEqual([]);
  });

  it('loads the files with the suffix .lazy.ts later, and no others', () => {
    const loadedLater = files.flatMap((file) =>
      [...sourceOf(file).matchAll(/import\('rostbeef-layer\/([^']+)'\)/g)].map(([, name]) => `${name}.lazy.ts`),
    );
    const lazy = files.filter((file) => file.endsWith('.lazy.ts'));
    expect(loadedLater.sort()).toEqual(lazy.map((file) => basename(file)).sort());
    const loadedAtOnce = files.flatMap((file) =>
      [...sourceOf(file).matchAll(/^import (?!type )[^;]*? from '[^']*\.lazy\.ts'/gm)].map(
        ([text]) => `${file}: ${text}`,
      ),
    );
    expect(loadedAtOnce).toEqual([]);
  });

  it.each([
    ['process.env', ['config.ts']],
    ["from '@middy/", ['handler.ts']],
    ["'@aws-sdk/", ['idempotency/dynamodb.lazy.ts', 'credentials/secrets-manager.lazy.ts']],
    ["from 'xmlrpc", ['xmlrpc/forms.lazy.ts']],
    ["node:net'", ['http/answer.ts', 'http/pool.ts', 'jid.ts']],
    ["node:tls'", []],
    ["node:http'", ['http/answer.ts', 'http/endpoint.ts', 'http/pool.ts', 'http/response.ts', 'http/transport.ts']],
    ["node:https'", ['http/pool.ts']],
  ])('has %s in no other file than %j', (text, allowed) => {
    expect(files.filter((file) => sourceOf(file).includes(text)).filter((file) => !allowed.includes(file))).toEqual([]);
  });
});
