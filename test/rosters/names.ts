import { describe, expect, it } from 'vitest';
import { addItem } from '../contract/observe.ts';
import { connectClient } from '../support/ejabberd/xmpp-client.ts';
import type { User } from '../support/world.ts';
import { A_LABEL_HOST, ANONYMOUS_HOST, type RosterWorld, U_LABEL_HOST } from './fixture.ts';

const SUCCESS = { status: 200, body: { code: 0 } };

/** Users whom ejabberd does not list, or knows by another name. */
export function names(world: () => RosterWorld): void {
  describe('an anonymous user', () => {
    const login = async () => {
      const { c2sPort: port } = world().server;
      const client = await connectClient({ port, host: ANONYMOUS_HOST, resource: 'web', presence: { show: 'chat' } });
      const [bare = '', resource = ''] = client.jid.split('/');
      const member = { user: bare.slice(0, bare.indexOf('@')), server: ANONYMOUS_HOST };
      return { client, bare, resource, member };
    };

    it('exists while online: is read, linked with an agent, and unlinked', async () => {
      const agent = await world().user('agent');
      const { client, bare, resource, member } = await login();
      expect(await world().call('get_roster', member)).toEqual({ status: 200, body: { contacts: [] } });
      expect((await world().call('get_roster_with_presence', member)).body).toEqual({ contacts: [] });
      expect((await world().call('get_presence', member)).body).toMatchObject({ jid: client.jid, show: 'chat' });
      expect((await world().call('get_resources', member)).body).toEqual({ resources: [resource] });

      const input = { jid1: agent.jid, nick1: 'Agent', jid2: bare, nick2: 'Visitor' };
      expect(await world().call('link_contacts', input)).toEqual(SUCCESS);
      expect(await world().contacts(agent)).toMatchObject([{ jid: bare, nick: 'Visitor', subscription: 'both' }]);
      expect((await world().call('get_roster', member)).body).toMatchObject({
        contacts: [{ jid: agent.jid, nick: 'Agent', subscription: 'both' }],
      });
      expect(await world().call('unlink_contacts', { jid1: agent.jid, jid2: bare })).toEqual(SUCCESS);
      expect(await world().contacts(agent)).toEqual([]);
      expect((await world().call('get_roster', member)).body).toEqual({ contacts: [] });
      await client.disconnect();
    });

    it('does not exist any more once offline', async () => {
      const agent = await world().user('agent');
      const { client, bare, member } = await login();
      await client.disconnect();
      await expect.poll(async () => (await world().call('get_roster', member)).status).toBe(404);
      for (const method of ['get_roster_with_presence', 'get_presence', 'get_resources']) {
        expect(await world().call(method, member)).toMatchObject({ status: 404, body: { name: 'ItemNotFoundError' } });
      }
      const input = { jid1: agent.jid, nick1: 'Agent', jid2: bare, nick2: 'Visitor' };
      expect(await world().call('link_contacts', input)).toMatchObject({ status: 404 });
      expect(await world().contacts(agent)).toEqual([]);
    });
  });

  describe.each([A_LABEL_HOST, U_LABEL_HOST])('a vhost that is configured as an A-label, named %s', (host) => {
    /** A user of the vhost, by the name that ejabberd knows it by and by the name under test. */
    const userOfVhost = async (): Promise<{ known: User; named: User }> => {
      const known = await world()
        .user('u', A_LABEL_HOST)
        .catch(() => world().user('u', U_LABEL_HOST));
      return { known, named: { ...known, jid: `${known.name}@${host}`, member: { user: known.name, server: host } } };
    };

    it('is read', async () => {
      const { known, named } = await userOfVhost();
      await known.login('desk', { show: 'away' });
      expect(await world().call('get_presence', named.member)).toEqual({
        status: 200,
        body: { jid: `${known.jid}/desk`, show: 'away', status: '' },
      });
      expect((await world().call('get_resources', named.member)).body).toEqual({ resources: ['desk'] });
      expect(await world().call('get_roster', named.member)).toEqual({ status: 200, body: { contacts: [] } });
      const ghost = { ...named.member, user: 'ghost' };
      expect(await world().call('get_roster', ghost)).toMatchObject({ status: 404 });
    });

    it('has users who can be linked, unlinked and written to', async () => {
      const { known, named } = await userOfVhost();
      const alice = await world().user('alice');
      const input = { jid1: alice.jid, nick1: 'Alice', jid2: named.jid, nick2: 'U' };
      expect(await world().call('link_contacts', input)).toEqual(SUCCESS);
      expect(await world().contacts(alice)).toEqual([{ jid: known.jid, nick: 'U', groups: [], subscription: 'both' }]);
      expect(await world().contacts(named)).toEqual([
        { jid: alice.jid, nick: 'Alice', groups: [], subscription: 'both' },
      ]);
      const client = await known.login('desk', {});
      const stanza = '<message type="chat" id="hello"><body>Hello</body></message>';
      expect(await world().call('send_stanza', { from: alice.jid, to: named.jid, stanza })).toEqual(SUCCESS);
      await client.waitFor(({ attrs }) => attrs['id'] === 'hello');
      expect(await world().call('unlink_contacts', { jid1: named.jid, jid2: alice.jid })).toEqual(SUCCESS);
      expect([await world().contacts(alice), await world().contacts(named)]).toEqual([[], []]);
    });

    it('has users whose entries are removed in either spelling', async () => {
      const { named } = await userOfVhost();
      const alice = await world().user('alice');
      for (const spelling of [A_LABEL_HOST, U_LABEL_HOST]) {
        await addItem(world(), alice, `${named.name}@${spelling}`);
      }
      expect(await world().call('unlink_contacts', { jid1: alice.jid, jid2: named.jid })).toEqual(SUCCESS);
      expect(await world().contacts(alice)).toEqual([]);
    });
  });
}
