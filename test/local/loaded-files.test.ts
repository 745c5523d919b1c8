import { catalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import { built } from '../support/built.ts';
import { bundleOf } from '../support/bundles.ts';
import { startClassic } from '../support/classic/classic-server.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { functionSettings } from '../support/function-settings.ts';
import { ProbedSandbox } from '../support/probed-sandbox.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import type { XmppServer } from '../support/xmpp-server.ts';

let secrets: SecretsManager;
beforeAll(async () => {
  secrets = await startSecretsManager();
});
afterAll(() => secrets.stop());

interface Place {
  readonly settings: Record<string, string>;
  readonly host: string;
  stop(): Promise<void>;
}

async function placeOf(server: XmppServer): Promise<Place> {
  for (const user of ['alice', 'bob']) await server.register(user);
  secrets.set(server.url, 'AWSCURRENT', server.account);
  return { settings: functionSettings(server, secrets, server.url), host: server.host, stop: () => server.stop() };
}

async function withoutCredentials(): Promise<Place> {
  const { url, state, stop } = await startEmbeddedServer({ release: '24.12', hosts: ['xmpp.test'] });
  for (const user of ['alice', 'bob']) state.passwords.set(`${user}@xmpp.test`, 'password');
  return { settings: { EJABBERD_URL: url }, host: 'xmpp.test', stop };
}

describe.each<readonly [string, readonly string[], () => Promise<Place>]>([
  ['ejabberd 23.01', ['secrets-manager.cjs'], async () => placeOf(await startEmbeddedEjabberd('23.01'))],
  ['ejabberd 24.12', ['secrets-manager.cjs'], async () => placeOf(await startEmbeddedEjabberd('24.12'))],
  ['ejabberd without credentials', [], withoutCredentials],
  ['mod_rostbeef', [], async () => placeOf(await startClassic('mod_rostbeef 1.0.2'))],
  ['mod_xmlrpc', [], async () => placeOf(await startClassic('mod_xmlrpc 2012'))],
])('a function on %s', (_, due, open) => {
  let place: Place;
  beforeAll(async () => {
    place = await open();
  });
  afterAll(() => place.stop());

  it.each(catalogue)('loads for $name only the files that it needs', async ({ name, example }) => {
    const sandbox = new ProbedSandbox({ ...bundleOf(built(), name), name, environment: place.settings });
    const input = JSON.parse(JSON.stringify(example.input).replaceAll('example.com', place.host));
    const { group1: _1, group2: _2, ...withoutGroups } = input;
    try {
      for (const event of [withoutGroups, input]) await sandbox.invoke(event);
      const loaded = [...(await sandbox.residue()).loaded];
      expect(loaded.sort()).toEqual([
        'forms.cjs',
        'index.cjs',
        ...due,
        ...(name === 'send_stanza' ? ['stanza.cjs'] : []),
      ]);
    } finally {
      await sandbox.stop();
    }
  });
});
