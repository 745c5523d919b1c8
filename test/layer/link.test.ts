import { afterEach, expect, it } from 'vitest';
import type { Dialect } from '../../functions/layer/dialects/dialect.ts';
import type { Jid } from '../../functions/layer/xmpp/jid.ts';
import { faultBody } from '../../infra/local/embedded/reply.ts';
import { openContainer } from '../support/container.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { ok } from '../support/scripted-server.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Starts a server with two users, and a proxy before it. */
async function startServer() {
  const server = await startEmbeddedEjabberd('24.12');
  stops.push(server.stop);
  for (const { local } of [alice, bob]) await server.register(local);
  const proxy = await FaultProxy.start({ target: server.url });
  stops.push(() => proxy.stop());
  const open = (url: string) => {
    const container = openContainer({ url, account: server.account });
    stops.push(container.close);
    return container;
  };
  return { proxy, container: open(proxy.url), openDirect: () => open(server.url) };
}

/** Links the two users by these nicks. */
const linkAs = (nick1: string, nick2: string) => (dialect: Dialect) =>
  dialect.linkContacts(
    { owner: alice, contact: bob, nick: nick2, group: undefined },
    { owner: bob, contact: alice, nick: nick1, group: undefined },
  );

const jid = (local: string): Jid => ({ local, domain: 'xmpp.test', resource: '' });
const [alice, bob] = [jid('alice'), jid('bob')];

it('a new nick that the server refuses on one side is a partial link, although both users stay linked', async () => {
  const { proxy, container } = await startServer();
  expect(await container.act(linkAs('Alice', 'Bob'))).toBeUndefined();

  const refusal = ok(faultBody(-118, 'Error -118\nthe database is down'));
  await proxy.interfere({ play: ({ socket }) => void socket.write(refusal) }, (request) =>
    /add_rosteritem.*<name>localuser<\/name><value><string>bob</.test(request),
  );
  expect(await container.act(linkAs('Alicia', 'Bobby'))).toMatchObject({
    name: 'PartialLinkError',
    sides: { jid1: 'written', jid2: 'not' },
  });
});

it('a side with the nick of another call is not written, if the last write was not answered', async () => {
  const { proxy, container, openDirect } = await startServer();
  const other = openDirect();
  // Each write is done and its response is lost. Then another call writes its own nicks.
  await proxy.interfere(
    {
      play: async ({ forward, reset }) => {
        await forward();
        await other.call(linkAs('Alicia', 'Bobby'));
        reset();
      },
    },
    (request) => /add_rosteritem.*>(?:Alice|Bob)</.test(request),
  );
  expect(await container.act(linkAs('Alice', 'Bob'))).toMatchObject({
    name: 'PartialLinkError',
    sides: { jid1: 'not', jid2: 'not' },
  });
});
