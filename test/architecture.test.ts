import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
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
  ['the credentials', /^(?:credentials|credential-providers|secret-store|secret-versions|secrets-manager)\.ts$/],
  ['the codec and transport', /^xmlrpc\//],
  ['access', /^access\.ts$/],
  ['the settings', /^config\.ts$/],
  [
    'the leaves',
    /^(?:errors\/.*|jid|a-labels|stringprep|stringprep-table|stanza|clock|deadline|aws-failure)(?:\.ts)?$/,
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

  it.each([
    ['process.env', ['config.ts']],
    ["from '@middy/", ['handler.ts']],
    ["'@aws-sdk/", ['idempotency/dynamodb.ts', 'secrets-manager.ts', 'credential-providers.ts']],
    ["from 'xmlrpc", ['xmlrpc/forms.ts']],
    ["node:net'", ['xmlrpc/connection.ts', 'jid.ts']],
    ["node:tls'", ['xmlrpc/connection.ts']],
    ['node:http', []],
  ])('has %s in no other file than %j', (text, allowed) => {
    expect(files.filter((file) => sourceOf(file).includes(text)).filter((file) => !allowed.includes(file))).toEqual([]);
  });
});
