import { xml } from '@xmpp/client';
import { describe, expect, it } from 'vitest';
import { addItem, isPush } from '../contract/observe.ts';
import type { User } from '../support/world.ts';
import type { RosterWorld } from './fixture.ts';

const SUCCESS = { status: 200, body: { code: 0 } };

/** Contacts on no vhost of the server. */
export function foreignContacts(world: () => RosterWorld): void {
  const jidsOf = async (user: User) =>
    (await world().contacts(user)).map((contact) => (contact as { jid: string }).jid);
  const unlink = (jid1: string, jid2: string) => world().call('unlink_contacts', { jid1, jid2 });
  /** Adds an entry as a client of the owner does. */
  const addByClient = async (owner: User, jid: string) => {
    const client = await owner.login('phone', {});
    const item = xml('item', { jid, name: 'Friend' });
    await client.send(xml('iq', { type: 'set', id: 'add' }, xml('query', { xmlns: 'jabber:iq:roster' }, item)));
    return client;
  };

  describe('a contact on no vhost of the server', () => {
    it.each([
      ['a user of a gateway', '12345@icq.xmpp.test'],
      ['a gateway itself', 'icq.xmpp.test'],
      ['a user of a dead server', 'old@dead.example'],
      ['a domain of A-labels', 'friend@xn--bcher-kva.example'],
      ['a domain of U-labels', 'friend@bücher.example'],
      ['an A-label that ejabberd would read as another domain', 'friend@xn--strae-oqa.example'],
      ['an escaped name', 'o\\27hara@dead.example'],
      ['a full JID', 'echo@bot.example/desk'],
      ['a full JID with metacharacters', 'echo@bot.example/<"Tom" & \'Jerry\'>'],
    ])('is unlinked by the JID that get_roster tells: %s', async (_, jid) => {
      const alice = await world().user('alice');
      const client = await addByClient(alice, jid);
      await addItem(world(), alice, 'stays@dead.example');
      const told = (await jidsOf(alice)).filter((one) => one !== 'stays@dead.example');
      expect(told).toEqual([jid]);
      expect(await unlink(alice.jid, told[0] ?? '')).toEqual(SUCCESS);
      await client.waitFor((stanza) => isPush(stanza, jid, 'remove'));
      expect(await jidsOf(alice)).toEqual(['stays@dead.example']);
      // Once more, from the other side, is a success as well.
      expect(await unlink(jid, alice.jid)).toEqual(SUCCESS);
      expect(await jidsOf(alice)).toEqual(['stays@dead.example']);
      await client.disconnect();
    });

    it('is unlinked in every spelling that the roster has', async () => {
      const alice = await world().user('alice');
      await addItem(world(), alice, 'friend@xn--bcher-kva.example');
      await addItem(world(), alice, 'friend@bücher.example');
      expect(await unlink('friend@BÜCHER.example', alice.jid)).toEqual(SUCCESS);
      expect(await jidsOf(alice)).toEqual([]);
    });

    it('is unlinked without the permission for stanzas, or the error names that permission', async () => {
      const alice = await world().user('alice');
      await addItem(world(), alice, '12345@icq.xmpp.test');
      const call = await world().as('no-stanzas');
      const answer = await call('unlink_contacts', { jid1: alice.jid, jid2: '12345@icq.xmpp.test' });
      if (answer.status === 200) return expect(await jidsOf(alice)).toEqual([]);
      // So does 26.07, which takes no contact on another server in delete_rosteritem.
      expect(answer).toMatchObject({ status: 502, body: { name: 'PermissionDeniedError' } });
      expect(answer.body['detail']).toContain('allow send_stanza');
      return expect(await jidsOf(alice)).toEqual(['12345@icq.xmpp.test']);
    });

    it('is not guessed: without the permission for registered_vhosts the error names that', async () => {
      const alice = await world().user('alice');
      await addItem(world(), alice, '12345@icq.xmpp.test');
      const call = await world().as('no-vhosts');
      const answer = await call('unlink_contacts', { jid1: alice.jid, jid2: '12345@icq.xmpp.test' });
      expect(answer).toMatchObject({ status: 502, body: { name: 'PermissionDeniedError', retryable: false } });
      expect(answer.body['detail']).toContain('registered_vhosts');
      expect(await jidsOf(alice)).toEqual(['12345@icq.xmpp.test']);
    });

    it('can’t be linked: nothing is written', async () => {
      const alice = await world().user('alice');
      const input = { jid1: alice.jid, nick1: 'A', jid2: '12345@icq.xmpp.test', nick2: 'B' };
      expect(await world().call('link_contacts', input)).toMatchObject({ status: 404 });
      expect(await jidsOf(alice)).toEqual([]);
    });

    it('is no user: two of them are not found', async () => {
      const answer = await unlink('a@dead.example', 'b@icq.xmpp.test');
      expect(answer).toMatchObject({ status: 404, body: { name: 'ItemNotFoundError' } });
      expect(answer.body['detail']).toContain('ejabberd has no vhost dead.example');
    });
  });

  it.each(['other.test', 'someone@other.test/desk'])(
    '%s of a vhost is no contact that can be unlinked',
    async (jid) => {
      const alice = await world().user('alice');
      expect(await unlink(alice.jid, jid)).toMatchObject({
        status: 400,
        body: { name: 'JidMalformedError', issues: [{ path: 'jid2' }] },
      });
    },
  );

  it('a deleted user of the same vhost is unlinked without the permission for registered_vhosts', async () => {
    const alice = await world().user('alice');
    await addItem(world(), alice, 'deleted@xmpp.test');
    const call = await world().as('no-vhosts');
    expect(await call('unlink_contacts', { jid1: alice.jid, jid2: 'deleted@xmpp.test' })).toEqual(SUCCESS);
    expect(await jidsOf(alice)).toEqual([]);
  });
}
