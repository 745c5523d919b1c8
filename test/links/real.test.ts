/** Links and unlinks on a real server that is not as it should be, or becomes another release. */
import { afterEach, expect, it } from 'vitest';
import type { Dialect } from '../../functions/layer/dialects/dialect.ts';
import {
  FeatureNotImplementedError,
  MalformedResponseError,
  PermissionDeniedError,
} from '../../functions/layer/errors/index.ts';
import type { Jid } from '../../functions/layer/xmpp/jid.ts';
import { openContainer } from '../support/container.ts';
import { FUNCTION_COMMANDS, type Variation } from '../support/ejabberd/config.ts';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';

const link = (dialect: Dialect, a: Jid, b: Jid) =>
  dialect.linkContacts(
    { owner: a, contact: b, nick: 'B', group: undefined },
    { owner: b, contact: a, nick: 'A', group: undefined },
  );

for (const release of ['23.01', '24.12'] as const) {
  await describeEjabberd(release, `links on a real ejabberd ${release}`, (root) => {
    const stops: (() => unknown)[] = [];
    afterEach(async () => {
      for (const stop of stops.splice(0)) await stop();
    });
    const serve = async (variation: Variation): Promise<RealEjabberd> => {
      const server = await startRealEjabberd(root, variation);
      stops.push(() => server.stop());
      return server;
    };
    const open = (server: RealEjabberd, maxResponseBytes?: number) => {
      const container = openContainer(server, maxResponseBytes);
      stops.unshift(() => container.close());
      return container;
    };
    const user = async (server: RealEjabberd, local: string, domain = server.host): Promise<Jid> => {
      await server.register(local, domain);
      return { local, domain, resource: '' };
    };
    const add = (server: RealEjabberd, { local, domain }: Jid, contact: Jid, nick: string) =>
      server.command('add_rosteritem', {
        localuser: local,
        localhost: domain,
        user: contact.local,
        host: contact.domain,
        nick,
        subs: 'both',
        ...(release === '24.12' ? { groups: ['G'] } : { group: 'G' }),
      });

    it('change nothing and name mod_roster, if one of the vhosts does not have it', async () => {
      const lines = 'append_host_config:\n  xmpp.test:\n    modules:\n      mod_roster: {}\n';
      const server = await serve({ without: ['mod_roster'], lines });
      const [b, c] = [await user(server, 'b'), await user(server, 'c', server.otherHost)];
      await add(server, b, c, 'Old friend');
      const { act, read } = open(server);
      for (const call of [
        (dialect: Dialect) => link(dialect, b, c),
        (dialect: Dialect) => dialect.unlinkContacts(b, c),
      ]) {
        const error = await act(call);
        expect(error).toBeInstanceOf(FeatureNotImplementedError);
        expect(String(error)).toMatch(/add mod_roster to the modules of other\.test/);
        expect((await read(b, c))[0].roster).toMatchObject([{ nick: 'Old friend', groups: ['G'] }]);
      }
    });

    it('change nothing, if the account may not add entries', async () => {
      const what = FUNCTION_COMMANDS.filter((name) => name !== 'add_rosteritem');
      const server = await serve({
        permissions: { functions: { from: ['ejabberd_xmlrpc'], who: [{ acl: 'rostbeef' }], what } },
      });
      const [a, b] = [await user(server, 'a'), await user(server, 'b')];
      const client = await server.connect('a', 'phone', {});
      const { act, read } = open(server);
      const error = await act((dialect) => link(dialect, a, b));
      expect(error).toBeInstanceOf(PermissionDeniedError);
      expect(String(error)).toContain('add_rosteritem');
      expect((await read(a, b)).map(({ roster }) => roster)).toEqual([[], []]);
      expect(client.received.filter((stanza) => stanza.is('iq'))).toEqual([]);
      await client.disconnect();
    });

    it('are written without the permission for stanzas as well, and leave no request pending', async () => {
      const what = FUNCTION_COMMANDS.filter((name) => name !== 'send_stanza');
      const server = await serve({
        permissions: { functions: { from: ['ejabberd_xmlrpc'], who: [{ acl: 'rostbeef' }], what } },
      });
      const [a, b] = [await user(server, 'a'), await user(server, 'b')];
      await server.command('send_stanza', {
        from: 'a@xmpp.test',
        to: 'b@xmpp.test',
        stanza: '<presence type="subscribe"/>',
      });
      const { act, read } = open(server);
      expect(await act((dialect) => link(dialect, a, b))).toBeUndefined();
      expect((await read(a, b)).map(({ roster }) => roster)).toMatchObject([[{ nick: 'B' }], [{ nick: 'A' }]]);
      const client = await server.connect('b', 'phone', {});
      await server.command('send_stanza', { from: 'a@xmpp.test', to: client.jid, stanza: '<message id="last"/>' });
      await client.waitFor((stanza) => stanza.attrs['id'] === 'last');
      expect(client.received.filter(({ attrs }) => attrs['type'] === 'subscribe')).toEqual([]);
      await client.disconnect();
    });

    it('can be taken back from a roster that is too large to be read', async () => {
      const server = await serve({});
      const [a, b] = [await user(server, 'a'), await user(server, 'b')];
      await add(server, a, b, 'B');
      await add(server, b, a, 'A');
      for (let index = 0; index < 20; index += 1) await add(server, a, { ...b, local: `c${index}` }, 'C');
      const small = open(server, 4_000);
      expect(await small.act((dialect) => link(dialect, a, b))).toBeInstanceOf(MalformedResponseError);
      expect(await small.call((dialect) => dialect.unlinkContacts(a, b))).toEqual({ isUnverified: true });
      const [one, other] = await open(server).read(a, b);
      expect(one.roster.filter(({ jid }) => jid === 'b@xmpp.test')).toEqual([]);
      expect(other.roster).toEqual([]);
    });
  });
}
