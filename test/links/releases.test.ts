import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Jid } from '../../functions/layer/xmpp/jid.ts';
import { type Container, openContainer } from '../support/container.ts';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { installEjabberd } from '../support/ejabberd/install.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { FaultProxy } from '../support/fault-proxy.ts';

await describeEjabberd('24.12', 'a server that is upgraded and downgraded under a warm container', (root) => {
  const servers: RealEjabberd[] = [];
  let current = 0;
  let proxy: FaultProxy;
  let container: Container;
  beforeAll(async () => {
    const old = await installEjabberd('23.01');
    for (const each of ['root' in old ? old.root : '', root]) servers.push(await startRealEjabberd(each));
    const target = () => servers[current]?.url ?? '';
    proxy = await FaultProxy.start({
      get target() {
        return target();
      },
    });
    const [server] = servers;
    if (server === undefined) throw new Error('a server is required');
    container = openContainer({ url: proxy.url, account: server.account });
  });
  afterAll(async () => {
    container.close();
    await proxy.stop();
    for (const server of servers) await server.stop();
  });

  it('keeps every entry, and writes in the form that the release takes', { timeout: 60_000 }, async () => {
    const jid = (local: string): Jid => ({ local, domain: 'xmpp.test', resource: '' });
    const names = Array.from({ length: 10 }, (_, index) => [`a${index}`, `b${index}`] as const);
    const outcomes: unknown[] = [];
    for (const server of servers) for (const name of names.flat()) await server.register(name);
    const linkAll = async (nick: string, group?: string) => {
      const link = ([a, b]: readonly [string, string]) =>
        container.act((dialect) =>
          dialect.linkContacts(
            { owner: jid(a), contact: jid(b), nick, group },
            { owner: jid(b), contact: jid(a), nick, group },
          ),
        );
      outcomes.push(...(await Promise.all(names.map(link))));
    };
    const nicksAndGroups = async () => {
      const rosters = await Promise.all(names.map(([a, b]) => container.read(jid(a), jid(b))));
      const items = rosters.flatMap(([one, other]) => [...one.roster, ...other.roster]);
      return [
        ...new Set(items.map(({ nick, groups, subscription }) => `${nick} ${groups} ${subscription}`)),
        items.length,
      ];
    };

    for (const round of [0, 1, 2, 3]) {
      current = round % 2;
      await linkAll(`first of ${round}`, 'Friends');
      // Another release answers from the middle of these calls on.
      const switching = linkAll(`second of ${round}`);
      current = 1 - current;
      await switching;
      expect(outcomes.filter((outcome) => outcome !== undefined)).toEqual([]);
      current = round % 2;
      await linkAll(`third of ${round}`);
      expect(await nicksAndGroups()).toEqual([`third of ${round} Friends both`, 20]);
    }
  });
});
