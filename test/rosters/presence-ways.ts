import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addItem } from '../contract/observe.ts';
import { connectClient } from '../support/ejabberd/xmpp-client.ts';
import type { XmppClient } from '../support/xmpp-server.ts';
import { A_LABEL_HOST, ANONYMOUS_HOST, type LimitedAccount, type RosterWorld, U_LABEL_HOST } from './fixture.ts';

/** A contact in the roster under test, and its presence. */
type Expected = readonly [jid: string, show: string, resource: string];

/** The offline contacts on vhosts with several contacts: three users, and the gateway's. */
const OFFLINE_OF_CROWDS = 4;

const OFFLINE = ['unavailable', ''] as const;

/** The presence of a roster's contacts, read by each way that permissions and the number of sessions lead to. */
export function presenceWays(world: () => RosterWorld): void {
  describe('the presence of a roster’s contacts', () => {
    const clients: XmppClient[] = [];
    let owner: Awaited<ReturnType<RosterWorld['user']>>;
    let expected: readonly Expected[];
    /** @param prepared the name that ejabberd knows the user by */
    const online = async (name: string, host = world().server.host, prepared = name): Promise<Expected> => {
      await world().server.register(name, host);
      const client = await world().server.connect(name, 'desk', { show: 'chat', priority: 1 }, host);
      clients.push(client);
      return [`${prepared}@${host}`, 'chat', 'desk'];
    };

    beforeAll(async () => {
      owner = await world().user('owner');
      const anonymous = await connectClient({
        port: world().server.c2sPort,
        host: ANONYMOUS_HOST,
        resource: 'web',
        presence: { show: 'dnd' },
      });
      clients.push(anonymous);
      const [anonymousJid = '', anonymousResource = ''] = anonymous.jid.split('/');
      const idn = await online('idn', A_LABEL_HOST).catch(() => online('idn', U_LABEL_HOST));
      const other = idn[0].endsWith(A_LABEL_HOST) ? U_LABEL_HOST : A_LABEL_HOST;
      expected = [
        ...(await Promise.all(['♥', '€uro', 'marcel·lí', 'צ׳רלי'].map((name) => online(name)))),
        await online('a²', undefined, 'a2'),
        await online('ﬀoo', undefined, 'ffoo'),
        await online('Straße', undefined, 'strasse'),
        await online('dave', 'other.test'),
        idn,
        [anonymousJid, 'dnd', anonymousResource],
        [`idn@${other}`, ...OFFLINE],
        ['friend@xn--bcher-kva.example', ...OFFLINE],
        ['12345@icq.xmpp.test', ...OFFLINE],
        ['icq.xmpp.test', ...OFFLINE],
        ['offline1@xmpp.test', ...OFFLINE],
        ['offline2@xmpp.test', ...OFFLINE],
        ['offline3@xmpp.test', ...OFFLINE],
      ];
      for (const [jid] of expected) {
        if (jid !== 'icq.xmpp.test') await addItem(world(), owner, jid);
      }
      await world().server.command('add_rosteritem', {
        localuser: owner.name,
        localhost: owner.server,
        user: '',
        host: 'icq.xmpp.test',
        nick: '',
        subs: 'both',
        ...(world().server.release === 'since-24.02' ? { groups: [] } : { group: '' }),
      });
    });
    afterAll(() => Promise.all(clients.map((client) => client.disconnect())));

    it.each<[string, LimitedAccount | undefined, (contacts: number) => number]>([
      ['all sessions at once', undefined, () => 0],
      ['who is online on the vhost of most contacts', 'lists-users', (contacts) => contacts - OFFLINE_OF_CROWDS],
      ['one call for each contact', 'asks-each', (contacts) => contacts],
    ])('is the same if it is read by %s', async (_, account, calls) => {
      const { container, commands } = await world().watchedContainer(account);
      const jid = { local: owner.name, domain: owner.server, resource: '' };
      const { part, presences } = await container.call((dialect) =>
        dialect.getRosterWithPresence(
          jid,
          (items) => ({ items }),
          () => true,
        ),
      );
      const seen = part.items.map((item, index) => [item.jid, presences[index]?.show, presences[index]?.resource]);
      expect(seen).toEqual([...expected].sort(([a], [b]) => (a < b ? -1 : 1)));
      const askable = expected.filter(([jid]) => jid.includes('@')).length;
      expect(commands.filter((name) => name === 'user_sessions_info')).toHaveLength(calls(askable));
    });
  });
}
