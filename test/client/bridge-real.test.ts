/** The table of calls of 2008, by clients of other makers, through the bridge and the functions, on a real ejabberd. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bridge, startBridge } from '../../client/src/bridge/server.ts';
import { createClient } from '../../client/src/index.ts';
import { type Gateway, startGateway } from '../../infra/local/gateway.ts';
import { built } from '../support/built.ts';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { startWorld, type World } from '../support/world.ts';
import type { XmppClient } from '../support/xmpp-server.ts';
import { isThere, SEED_CLIENTS } from './seed-clients.ts';
import { STATUS, seedTable } from './seed-table.ts';

await describeEjabberd('24.12', 'through the bridge on ejabberd 24.12', (root) => {
  let world: World;
  let gateway: Gateway;
  let bridge: Bridge;
  let bob: XmppClient;

  beforeAll(async () => {
    world = await startWorld(await startRealEjabberd(root), built());
    const { server } = world;
    gateway = await startGateway({ port: 0, functions: built().functions, environment: world.settings() });
    bridge = await startBridge({ client: createClient(gateway.url), port: 0 });
    await Promise.all([server.register('bob'), server.register('ann')]);
    bob = await server.connect('bob', 'desk', { show: 'dnd', status: STATUS });
  });
  afterAll(async () => {
    await bridge.stop();
    await gateway.stop();
    await world.stop();
  });

  describe.each(SEED_CLIENTS)('$name', (client) => {
    it.skipIf(!isThere(client))('makes every call of the documentation of 2008', async () => {
      const rows = seedTable(world.server.host, 'bob', 'ann');
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
