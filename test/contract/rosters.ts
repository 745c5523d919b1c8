import { xml } from '@xmpp/client';
import { describe, expect, it } from 'vitest';
import type { User, World } from '../support/world.ts';
import { addItem, isSubscribe, rosterOf } from './observe.ts';

/** The contract of `get_roster` and `get_roster_with_presence`. */
export function rosterContract(world: () => World): void {
  const add = (owner: User, contact: string, groups: readonly string[] = [], subs = 'both') =>
    addItem(world(), owner, contact, { groups, subs });

  describe('get_roster', () => {
    it('has a contact of several groups once, and leaves out the empty group', async () => {
      const alice = await world().user('alice');
      await add(alice, 'bob@xmpp.test', ['Work', 'Friends']);
      await add(alice, 'carol@xmpp.test');
      expect(await rosterOf(world(), alice)).toEqual([
        {
          jid: 'bob@xmpp.test',
          nick: 'bob',
          ...(world().server.traits.everyGroup
            ? { group: 'Friends', groups: ['Friends', 'Work'] }
            : { group: 'Work', groups: ['Work'] }),
          subscription: 'both',
          pending: 'none',
        },
        { jid: 'carol@xmpp.test', nick: 'carol', group: '', groups: [], subscription: 'both', pending: 'none' },
      ]);
    });

    it('is sorted by code unit', async () => {
      const alice = await world().user('alice');
      for (const contact of ['ü@xmpp.test', 'b@xmpp.test', 'a_@xmpp.test', 'a@xmpp.test', 'a-@xmpp.test']) {
        await add(alice, contact);
      }
      const jids = (await rosterOf(world(), alice)).map((contact) => (contact as { jid: string }).jid);
      expect(jids).toEqual(['a-@xmpp.test', 'a@xmpp.test', 'a_@xmpp.test', 'b@xmpp.test', 'ü@xmpp.test']);
    });

    it('shows a request of the user’s own as pending, and what another subscription there is', async () => {
      const [alice, bob] = [await world().user('alice'), await world().user('bob')];
      const client = await alice.login('phone', {});
      const bobClient = await bob.login('desk', {});
      await client.send(xml('presence', { type: 'subscribe', to: bob.jid }));
      await bobClient.waitFor(isSubscribe);
      await add(alice, 'carol@xmpp.test', [], 'from');
      expect(await rosterOf(world(), alice)).toMatchObject([
        { jid: bob.jid, subscription: 'none', pending: 'out' },
        { jid: 'carol@xmpp.test', subscription: 'from', pending: 'none' },
      ]);
    });

    it('is readable whatever subscription another program wrote', async () => {
      const alice = await world().user('alice');
      await add(alice, 'bob@xmpp.test', [], 'bogus');
      expect(await rosterOf(world(), alice)).toMatchObject(
        world().server.traits.oddSubscriptions ? [{ jid: 'bob@xmpp.test', subscription: 'none' }] : [],
      );
    });

    it('is empty for a user without contacts, by any spelling of the name', async () => {
      const alice = await world().user('alice');
      const input = { user: alice.name.toUpperCase(), server: alice.server.toUpperCase() };
      expect(await world().call('get_roster', input)).toEqual({ status: 200, body: { contacts: [] } });
    });

    it.each(['get_roster', 'get_roster_with_presence', 'get_presence', 'get_resources'])(
      'like %s does not find an unknown user, nor an unknown vhost',
      async (method) => {
        for (const server of [world().server.host, 'nowhere.test']) {
          const answer = await world().call(method, { user: 'ghost', server });
          if (!world().server.traits.tellsUnknownUsers) {
            expect(answer).toEqual({ status: 200, body: empty(method, `ghost@${server}`) });
            continue;
          }
          const missing = server === 'nowhere.test' && world().server.traits.dialect === 'ejabberd';
          const hint = missing ? '; ejabberd has no vhost nowhere.test' : '';
          expect(answer).toMatchObject({
            status: 404,
            body: {
              name: 'ItemNotFoundError',
              code: 404,
              condition: 'item-not-found',
              detail: `No such user: ghost@${server}${hint} (404 item-not-found)`,
            },
          });
        }
      },
    );

    /** The result for a user without contacts and sessions. */
    const empty = (method: string, jid: string): object => {
      if (method === 'get_presence') return { jid, show: 'unavailable', status: '' };
      return method === 'get_resources' ? { resources: [] } : { contacts: [] };
    };

    it('refuses a spelling that the server would read as another JID', async () => {
      const alice = await world().user('alice');
      for (const user of [`${alice.name}\u00ad`, `\ufeff${alice.name}`, '\u00ad', '\u200b']) {
        expect(await world().call('get_roster', { ...alice.member, user })).toMatchObject({
          status: 400,
          body: { name: 'JidMalformedError', issues: [{ path: 'user' }] },
        });
      }
    });

    it('refuses what is no local part and no domain', async () => {
      expect(await world().call('get_roster', { user: 'a@b', server: 'x y' })).toMatchObject({
        status: 400,
        body: { name: 'JidMalformedError', issues: [{ path: 'user' }, { path: 'server' }] },
      });
    });

    it('comes in pages that repeat nothing and skip nothing while the roster changes', async () => {
      const alice = await world().user('alice');
      const names = ['c', 'e', 'g', 'i', 'k'];
      for (const name of names) await add(alice, `${name}@xmpp.test`);
      const page = async (nextToken?: unknown) =>
        (await world().call('get_roster', { ...alice.member, maxResults: 2, nextToken })).body as {
          contacts: { jid: string }[];
          nextToken?: string;
        };

      const first = await page();
      await add(alice, 'a@xmpp.test');
      await add(alice, 'h@xmpp.test');
      await world().server.command('delete_rosteritem', {
        localuser: alice.name,
        localhost: alice.server,
        user: 'e',
        host: 'xmpp.test',
      });
      const second = await page(first.nextToken);
      const third = await page(second.nextToken);
      const jids = [first, second, third].map(({ contacts }) => contacts.map(({ jid }) => jid.slice(0, 1)).join(''));
      expect(jids).toEqual(['ce', 'gh', 'ik']);
      expect(third.nextToken).toBeUndefined();
    });

    it('refuses a token of another user, and a page of no size', async () => {
      const [alice, bob] = [await world().user('alice'), await world().user('bob')];
      await add(alice, 'b@xmpp.test');
      await add(alice, 'c@xmpp.test');
      const { body } = await world().call('get_roster', { ...alice.member, maxResults: 1 });
      for (const [paging, path] of [
        [{ nextToken: body['nextToken'] }, 'nextToken'],
        [{ nextToken: 'nonsense' }, 'nextToken'],
        [{ maxResults: 0 }, 'maxResults'],
        [{ maxResults: 1001 }, 'maxResults'],
        [{ maxResults: 1.5 }, 'maxResults'],
      ] as const) {
        expect(await world().call('get_roster', { ...bob.member, ...paging })).toMatchObject({
          status: 400,
          body: { name: 'InvalidInputError', issues: [{ path }] },
        });
      }
    });
  });

  describe('get_roster_with_presence', () => {
    const offline = { resource: '', show: 'unavailable', status: '' };
    const withPresence = async (user: User, paging: object = {}) =>
      (await world().call('get_roster_with_presence', { ...user.member, ...paging })).body as {
        contacts: { jid: string; resource: string; show: string; status: string }[];
        nextToken?: string;
      };

    it('joins each contact with its best session, on whatever server it is', async () => {
      const [alice, bob, carol, dave] = [
        await world().user('alice'),
        await world().user('bob'),
        await world().user('carol'),
        await world().user('dave', world().server.otherHost),
      ];
      for (const contact of [bob.jid, carol.jid, dave.jid, 'eve@elsewhere.example']) await add(alice, contact);
      await bob.login('low', { priority: 1 });
      await bob.login('high', { priority: 9, show: 'dnd', status: 'In a meeting' });
      await dave.login('home', {});
      const { contacts } = await withPresence(alice);
      expect(contacts).toMatchObject([
        { jid: bob.jid, nick: bob.name, resource: 'high', show: 'dnd', status: 'In a meeting' },
        { jid: carol.jid, ...offline },
        {
          jid: dave.jid,
          ...(world().server.traits.presenceOnEveryVhost
            ? { resource: 'home', show: 'available', status: '' }
            : offline),
        },
        { jid: 'eve@elsewhere.example', ...offline },
      ]);
    });

    it('does so for many contacts as well, of whom few are there', async () => {
      const [alice, bob] = [await world().user('alice'), await world().user('bob')];
      for (let number = 10; number < 40; number += 1) await add(alice, `contact${number}@xmpp.test`);
      await add(alice, bob.jid);
      await add(alice, 'odd@elsewhere.example');
      await bob.login('desk', { show: 'chat' });
      const { contacts } = await withPresence(alice);
      expect(contacts).toHaveLength(32);
      expect(contacts.filter(({ show }) => show !== 'unavailable')).toMatchObject([
        { jid: bob.jid, resource: 'desk', show: 'chat' },
      ]);
    });

    it('comes in pages as well', async () => {
      const alice = await world().user('alice');
      for (const name of ['b', 'c', 'd']) await add(alice, `${name}@xmpp.test`);
      const first = await withPresence(alice, { maxResults: 2 });
      const second = await withPresence(alice, { nextToken: first.nextToken });
      expect([first, second].map(({ contacts }) => contacts.map(({ jid }) => jid))).toEqual([
        ['b@xmpp.test', 'c@xmpp.test'],
        ['d@xmpp.test'],
      ]);
    });
  });
}
