/** The table of calls of 2008, by clients of other makers, through the bridge and the functions, on a real ejabberd. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bridge, startBridge } from '../../client/src/bridge/server.ts';
import { createClient } from '../../client/src/index.ts';
import { build } from '../../infra/build.ts';
import { type Gateway, startGateway } from '../../infra/local/gateway.ts';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { functionSettings } from '../support/function-settings.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import type { XmppClient } from '../support/xmpp-server.ts';
import { isThere, SEED_CLIENTS } from './seed-clients.ts';
import { STATUS, seedTable } from './seed-table.ts';

await describeEjabberd('24.12', 'through the bridge on ejabberd 24.12', (root) => {
  let folder: string;
  let server: RealEjabberd;
  let secrets: SecretsManager;
  let gateway: Gateway;
  let bridge: Bridge;
  let bob: XmppClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rostbeef-bridge-'));
    const [built, ejabberd, manager] = await Promise.all([
      build(folder),
      startRealEjabberd(root),
      startSecretsManager(),
    ]);
    server = ejabberd;
    secrets = manager;
    secrets.set('secret', 'AWSCURRENT', server.account);
    gateway = await startGateway({
      port: 0,
      functions: built.functions,
      environment: functionSettings(server, secrets, 'secret'),
    });
    bridge = await startBridge({ client: createClient(gateway.url), port: 0 });
    await Promise.all([server.register('bob'), server.register('ann')]);
    bob = await server.connect('bob', 'desk', { show: 'dnd', status: STATUS });
  });
  afterAll(async () => {
    await bridge.stop();
    await gateway.stop();
    await Promise.all([server.stop(), secrets.stop(), rm(folder, { recursive: true })]);
  });

  describe.each(SEED_CLIENTS)('$name', (client) => {
    it.skipIf(!isThere(client))('makes every call of the documentation of 2008', async () => {
      const rows = seedTable(server.host, 'bob', 'ann');
      const before = bob.received.length;
      const returned = await client.call(bridge.url, rows);
      const withCalls = (values: readonly unknown[]) => rows.map(({ method }, index) => [method, values[index]]);
      expect(withCalls(returned)).toEqual(withCalls(rows.map(({ returns }) => returns)));
      await bob.waitFor((received) => received.attrs['id'] === 'seed');
      const arrived = bob.received.slice(before).filter((received) => received.attrs['id'] === 'seed');
      expect(arrived.map((message) => message.getChildText('body'))).toEqual(['Grüße & 😀']);
    });
  });
});

for (const client of SEED_CLIENTS.filter((one) => !isThere(one))) {
  console.warn(`\n*** NOT TESTED through the bridge: ${client.name}. It needs ${client.needs?.[0]}. ***\n`);
}
