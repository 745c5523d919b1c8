import { xml } from '@xmpp/client';
import type { Element } from '@xmpp/xml';
import { describe, expect, it } from 'vitest';
import type { User, World } from '../support/world.ts';
import { addItem, isPush, isSubscribe, pushesSince, rosterOf } from './observe.ts';

const linked = { subscription: 'both', pending: 'none' };

/** The contract of `link_contacts` and `unlink_contacts`. */
export function linkContract(world: () => World): void {
  const link = (a: User, b: User, more: object = {}) =>
    world().call('link_contacts', { jid1: a.jid, nick1: 'One', jid2: b.jid, nick2: 'Two', ...more });
  const traits = () => world().server.traits;
  /** Groups, where there are such. */
  const grouped = (groups: object) => (traits().groups ? groups : {});
  const unlink = (a: User, b: User) => world().call('unlink_contacts', { jid1: a.jid, jid2: b.jid });
  const pair = async () => [await world().user('alice'), await world().user('bob')] as const;

  describe('link_contacts', () => {
    it('puts each user into the other’s roster, with the nick meant for it', async () => {
      const [alice, bob] = await pair();
      expect(await link(alice, bob)).toEqual({ status: 200, body: { code: 0 } });
      expect(await rosterOf(world(), alice)).toEqual([{ jid: bob.jid, nick: 'Two', group: '', groups: [], ...linked }]);
      expect(await rosterOf(world(), bob)).toEqual([{ jid: alice.jid, nick: 'One', group: '', groups: [], ...linked }]);
    });

    it.each([
      ['marcel·lí', 'marcel·lí'],
      ['i♥xmpp', 'i♥xmpp'],
      ['€uro', '€uro'],
      ['a²', 'a2'],
      ['ﬀoo', 'ffoo'],
      ['Straße', 'strasse'],
    ])('links and unlinks the user %s by any spelling, whom the server knows as %s', async (part, prepared) => {
      const [alice, other] = [await world().user('alice'), await world().user(part)];
      const jid = other.jid.replace(part, prepared);
      expect(await link(alice, other)).toEqual({ status: 200, body: { code: 0 } });
      expect(await rosterOf(world(), alice)).toEqual([{ jid, nick: 'Two', group: '', groups: [], ...linked }]);
      expect(await rosterOf(world(), other)).toMatchObject([{ jid: alice.jid, ...linked }]);
      const both = await world().call('link_contacts', { jid1: other.jid, nick1: '', jid2: jid, nick2: '' });
      expect(both).toMatchObject({ status: 400, body: { name: 'InvalidInputError', issues: [{ path: 'jid2' }] } });
      expect(await unlink(alice, other)).toEqual({ status: 200, body: { code: 0 } });
      expect(await rosterOf(world(), alice)).toEqual([]);
    });

    it('gives each user the group meant for it, or refuses groups before anything is written', async () => {
      const [alice, bob] = await pair();
      const answer = await link(alice, bob, { group1: 'Ones', group2: 'Twos' });
      if (!traits().groups) {
        const issues = [{ path: 'group1' }, { path: 'group2' }];
        expect(answer).toMatchObject({ status: 400, body: { name: 'InvalidInputError', issues } });
        expect(await rosterOf(world(), alice)).toEqual([]);
        return;
      }
      expect(answer).toEqual({ status: 200, body: { code: 0 } });
      expect(await rosterOf(world(), alice)).toEqual([
        { jid: bob.jid, nick: 'Two', group: 'Twos', groups: ['Twos'], ...linked },
      ]);
      expect(await rosterOf(world(), bob)).toEqual([
        { jid: alice.jid, nick: 'One', group: 'Ones', groups: ['Ones'], ...linked },
      ]);
    });

    it('is pushed to both users’ clients, which then see each other', async () => {
      const [alice, bob] = await pair();
      const aliceClient = await alice.login('phone', { status: 'here' });
      const bobClient = await bob.login('desk', { show: 'away' });
      await link(alice, bob);
      const isBoth = (jid: string) => (stanza: Element) => isPush(stanza, jid, 'both');
      await aliceClient.waitFor(isBoth(bob.jid));
      await bobClient.waitFor(isBoth(alice.jid));
      await aliceClient.waitFor((stanza) => stanza.is('presence') && stanza.attrs['from'] === `${bob.jid}/desk`);
      await bobClient.waitFor((stanza) => stanza.is('presence') && stanza.attrs['from'] === `${alice.jid}/phone`);
    });

    it.each([
      ['from the first user', true, false],
      ['from the second user', false, true],
      ['in both directions', true, true],
    ])('leaves no request pending that was %s', async (_, fromFirst, fromSecond) => {
      const [alice, bob] = await pair();
      const aliceClient = await alice.login('phone', {});
      const bobClient = await bob.login('desk', {});
      if (fromFirst) await aliceClient.send(xml('presence', { type: 'subscribe', to: bob.jid }));
      if (fromFirst) await bobClient.waitFor(isSubscribe);
      if (fromSecond) await bobClient.send(xml('presence', { type: 'subscribe', to: alice.jid }));
      if (fromSecond) await aliceClient.waitFor(isSubscribe);
      await Promise.all([aliceClient.disconnect(), bobClient.disconnect()]);

      expect((await link(alice, bob)).status).toBe(200);
      expect(await rosterOf(world(), alice)).toMatchObject([{ jid: bob.jid, nick: 'Two', ...linked }]);
      expect(await rosterOf(world(), bob)).toMatchObject([{ jid: alice.jid, nick: 'One', ...linked }]);
      for (const user of [alice, bob]) {
        const again = await user.login('again', {});
        const other = user === alice ? bob : alice;
        await world().call('send_stanza', { from: other.jid, to: again.jid, stanza: '<message id="last"/>' });
        await again.waitFor((stanza) => stanza.attrs['id'] === 'last');
        expect(again.received.filter(isSubscribe)).toEqual([]);
      }
    });

    it.each([
      ['both', 'of who asked', true],
      ['both', 'of who was asked', false],
      ['from', 'of who was asked', false],
      ['to', 'of who was asked', false],
    ])('leaves no request pending over which another program had set “%s” %s', async (subs, _, isAskers) => {
      const [alice, bob] = await pair();
      const [aliceClient, bobClient] = [await alice.login('phone', {}), await bob.login('desk', {})];
      await aliceClient.send(xml('presence', { type: 'subscribe', to: bob.jid }));
      await bobClient.waitFor(isSubscribe);
      await Promise.all([aliceClient.disconnect(), bobClient.disconnect()]);
      const [owner, contact, nick] = isAskers ? [alice, bob, 'Two'] : [bob, alice, 'One'];
      await addItem(world(), owner, contact.jid, { nick, subs });

      expect((await link(alice, bob)).status).toBe(200);
      expect(await rosterOf(world(), alice)).toMatchObject([{ jid: bob.jid, nick: 'Two', ...linked }]);
      expect(await rosterOf(world(), bob)).toMatchObject([{ jid: alice.jid, nick: 'One', ...linked }]);
      const again = await bob.login('again', {});
      await world().call('send_stanza', { from: alice.jid, to: again.jid, stanza: '<message id="last"/>' });
      await again.waitFor((stanza) => stanza.attrs['id'] === 'last');
      expect(again.received.filter(isSubscribe)).toEqual([]);
    });

    it('completes a link of which one side was missing or had another subscription', async () => {
      const [alice, bob] = await pair();
      await link(alice, bob);
      const { host } = world().server;
      await world().server.command('delete_rosteritem', {
        localuser: bob.name,
        localhost: host,
        user: alice.name,
        host,
      });
      expect((await link(alice, bob)).status).toBe(200);
      expect(await rosterOf(world(), alice)).toMatchObject([{ jid: bob.jid, ...linked }]);
      expect(await rosterOf(world(), bob)).toMatchObject([{ jid: alice.jid, ...linked }]);
    });

    it('pushes nothing if nothing changes', async () => {
      const [alice, bob] = await pair();
      const groups = grouped({ group1: 'Ones', group2: 'Twos' });
      await link(alice, bob, groups);
      const clients = [await alice.login('phone', {}), await bob.login('desk', {})] as const;
      const pushes = await pushesSince(world(), clients, () => link(alice, bob, groups));
      expect(pushes.map((list) => list.length)).toEqual(traits().leavesAlone === 'nothing' ? [1, 1] : [0, 0]);
    });

    it('renews the nick on the side that changed', async () => {
      const [alice, bob] = await pair();
      await link(alice, bob);
      const clients = [await alice.login('phone', {}), await bob.login('desk', {})] as const;
      const pushes = await pushesSince(world(), clients, () => link(alice, bob, { nick2: 'Robert' }));
      if (traits().leavesAlone === 'each side') expect(pushes.map((list) => list.length)).toEqual([1, 0]);
      else
        expect(pushes.map((list) => list.slice(-1).some((stanza) => isPush(stanza, undefined, 'both')))).toEqual([
          true,
          true,
        ]);
      expect(await rosterOf(world(), alice)).toMatchObject([{ nick: 'Robert', ...linked }]);
      expect(await rosterOf(world(), bob)).toMatchObject([{ nick: 'One', ...linked }]);
    });

    it('keeps the groups if none is given, and the server lets it', async () => {
      const [alice, bob] = await pair();
      await link(alice, bob, grouped({ group1: 'Ones', group2: 'Twos' }));
      expect((await link(alice, bob, { nick2: 'Robert' })).status).toBe(200);
      const groupsOf = (group: string) => (traits().keepsGroups ? [group] : []);
      expect(await rosterOf(world(), alice)).toMatchObject([{ nick: 'Robert', groups: groupsOf('Twos'), ...linked }]);
      expect(await rosterOf(world(), bob)).toMatchObject([{ nick: 'One', groups: groupsOf('Ones'), ...linked }]);
    });

    it('keeps every group that another program gave, also while it completes a link', async () => {
      if (!traits().keepsGroups) return;
      const [alice, bob] = await pair();
      await addItem(world(), alice, bob.jid, { nick: 'Bobby', groups: ['Work', 'Football'] });
      expect((await link(alice, bob)).status).toBe(200);
      const entry = { nick: 'Two', groups: ['Football', 'Work'], ...linked };
      expect(await rosterOf(world(), alice)).toMatchObject([entry]);
      expect((await link(alice, bob, { nick2: 'Robert' })).status).toBe(200);
      expect(await rosterOf(world(), alice)).toMatchObject([{ ...entry, nick: 'Robert' }]);
      expect(await rosterOf(world(), bob)).toMatchObject([{ groups: [], ...linked }]);
    });

    it('replaces all groups by the one that is given', async () => {
      if (!traits().keepsGroups) return;
      const [alice, bob] = await pair();
      await addItem(world(), alice, bob.jid, { groups: ['Work', 'Football'] });
      expect((await link(alice, bob, { group2: 'Family' })).status).toBe(200);
      expect(await rosterOf(world(), alice)).toMatchObject([{ groups: ['Family'], ...linked }]);
    });

    it('clears the groups for an empty one', async () => {
      const [alice, bob] = await pair();
      await link(alice, bob, grouped({ group1: 'Ones', group2: 'Twos' }));
      expect((await link(alice, bob, grouped({ group2: '' }))).status).toBe(200);
      expect(await rosterOf(world(), alice)).toMatchObject([{ group: '', groups: [], ...linked }]);
      const kept = traits().keepsGroups ? ['Ones'] : [];
      expect(await rosterOf(world(), bob)).toMatchObject([{ groups: kept, ...linked }]);
    });

    it('pushes only the new contact to the clients of two strangers', async () => {
      const [alice, bob] = await pair();
      const clients = [await alice.login('phone', {}), await bob.login('desk', {})] as const;
      const pushes = await pushesSince(world(), clients, () => link(alice, bob));
      const told = pushes.map((stanzas) => stanzas.filter((stanza) => !isPush(stanza, undefined, 'both')));
      expect(told.flat().map(String)).toEqual([]);
      expect(pushes.map((stanzas) => stanzas.length)).toEqual([1, 1]);
      const presences = clients.flatMap(({ received }) => received.filter((stanza) => stanza.is('presence')));
      const types = presences.map(({ attrs }) => attrs['type']).filter((type) => type !== undefined);
      expect(types).toEqual([]);
    });

    it.each([
      ['the second user is unknown', (alice: User) => ({ jid1: alice.jid, jid2: `ghost-of-${alice.jid}` })],
      ['the first user is unknown', (alice: User) => ({ jid1: `ghost-of-${alice.jid}`, jid2: alice.jid })],
      ['the second user is on an unknown vhost', (alice: User) => ({ jid1: alice.jid, jid2: 'bob@nowhere.test' })],
    ])('writes nothing where %s, or tells what it wrote', async (_, jids) => {
      const alice = await world().user('alice');
      const client = await alice.login('phone', {});
      const input = { ...jids(alice), nick1: 'One', nick2: 'Two' };
      const isHalfLinked = !traits().checksBeforeLinking && input.jid1 === alice.jid;
      const [pushes = []] = await pushesSince(world(), [client], async () => {
        const answer = await world().call('link_contacts', input);
        if (traits().checksBeforeLinking) {
          expect(answer).toMatchObject({
            status: 404,
            body: { name: 'ItemNotFoundError', code: 404, condition: 'item-not-found', retryable: false },
          });
        } else {
          const sides = { jid1: isHalfLinked ? 'written' : 'not', jid2: 'not' };
          expect(answer).toMatchObject({ status: 502, body: { name: 'PartialLinkError', code: -1, sides } });
        }
      });
      // Failed calls are repeated once.
      expect(pushes).toHaveLength(isHalfLinked ? 2 : 0);
      expect(await rosterOf(world(), alice)).toMatchObject(isHalfLinked ? [{ jid: input.jid2, nick: 'Two' }] : []);
      expect(await rowsOf(`ghost-of-${alice.name}`)).toEqual([]);
    });

    /** The roster on the server, of a user that may not exist. */
    const rowsOf = async (user: string): Promise<unknown> => {
      const answer = await world().server.command('get_roster', { user, host: world().server.host });
      return (answer as { contacts: unknown }).contacts;
    };

    it('links users of two vhosts', async () => {
      const alice = await world().user('alice');
      const carol = await world().user('carol', world().server.otherHost);
      expect((await link(alice, carol)).status).toBe(200);
      expect(await rosterOf(world(), carol)).toMatchObject([{ jid: alice.jid, ...linked }]);
    });

    it.each([
      ['metacharacters', `]]> <b> & "quoted" 'too' &amp; <![CDATA[x]]>`],
      ['emoji and astral letters', '😀 𝒜lice 👩‍👩‍👧'],
      ['line breaks and tabs', 'one\ntwo\tthree'],
      ['carriage returns', 'one\r\ntwo\rthree'],
      ['space at both ends', '  padded  '],
      ['a comment’s beginning', '<!--'],
      ['nothing', ''],
    ])('keeps a nick of %s', async (_, nick) => {
      const [alice, bob] = await pair();
      const group = grouped({ group2: 'G <&> "x"' });
      expect((await link(alice, bob, { nick1: '-->', nick2: nick, ...group })).status).toBe(200);
      expect(await rosterOf(world(), alice)).toMatchObject([{ nick, group: traits().groups ? 'G <&> "x"' : '' }]);
      expect(await rosterOf(world(), bob)).toMatchObject([{ nick: '-->' }]);
    });

    it('keeps a group with a semicolon whole, or refuses it before anything is written', async () => {
      const [alice, bob] = await pair();
      const answer = await link(alice, bob, { group2: 'A;B' });
      if (traits().semicolons) {
        expect(answer.status).toBe(200);
        expect(await rosterOf(world(), alice)).toMatchObject([{ groups: ['A;B'] }]);
      } else {
        expect(answer).toMatchObject({
          status: 400,
          body: { name: 'InvalidInputError', issues: [{ path: 'group2' }] },
        });
        expect(await rosterOf(world(), alice)).toEqual([]);
      }
    });

    it('knows a user by any spelling', async () => {
      const [alice, bob] = await pair();
      const shouted = { ...alice, jid: alice.jid.toUpperCase() };
      expect((await link(shouted, bob)).status).toBe(200);
      expect(await rosterOf(world(), bob)).toMatchObject([{ jid: alice.jid }]);
      const self = await link(shouted, alice);
      expect(self).toMatchObject({ status: 400, body: { name: 'InvalidInputError', issues: [{ path: 'jid2' }] } });
    });

    it.each(["a'b", 'a b', '@', 'x'.repeat(1024), ''])('refuses the local part %j', async (local) => {
      const answer = await world().call('link_contacts', {
        jid1: `${local}@xmpp.test`,
        nick1: '',
        jid2: 'xmpp.test/resource',
        nick2: '',
      });
      expect(answer).toMatchObject({
        status: 400,
        body: { name: 'JidMalformedError', issues: [{ path: 'jid1' }, { path: 'jid2' }] },
      });
    });

    it('tells every problem of an input at once', async () => {
      const answer = await world().call('link_contacts', { jid1: 'a@b', nick1: 'a\u0000b', nick: 'x', jid2: 5 });
      expect(answer).toMatchObject({ status: 400, body: { name: 'InvalidInputError' } });
      const { issues } = answer.body as { issues: { path: string }[] };
      expect(issues.map(({ path }) => path).sort()).toEqual(['jid2', 'nick', 'nick1', 'nick2']);
    });
  });

  describe('unlink_contacts', () => {
    it('removes each user from the other’s roster, and is pushed to both', async () => {
      const [alice, bob] = await pair();
      await link(alice, bob);
      const aliceClient = await alice.login('phone', {});
      const bobClient = await bob.login('desk', {});
      expect(await unlink(alice, bob)).toEqual({ status: 200, body: { code: 0 } });
      await aliceClient.waitFor((stanza) => isPush(stanza, bob.jid, 'remove'));
      await bobClient.waitFor((stanza) => isPush(stanza, alice.jid, 'remove'));
      expect(await rosterOf(world(), alice)).toEqual([]);
      expect(await rosterOf(world(), bob)).toEqual([]);
    });

    it('is a success if there is nothing to unlink', async () => {
      const [alice, bob] = await pair();
      expect((await unlink(alice, bob)).status).toBe(200);
    });

    it('removes what a deleted user left behind', async () => {
      const [alice, bob] = await pair();
      await link(alice, bob);
      await world().server.unregister(bob.name);
      expect(await rosterOf(world(), alice)).toHaveLength(1);
      const answer = await unlink(alice, bob);
      if (traits().unlinksDeletedUsers) expect(answer.status).toBe(200);
      else expect(answer).toMatchObject({ status: 404, body: { name: 'ItemNotFoundError' } });
      expect(await rosterOf(world(), alice)).toHaveLength(traits().unlinksDeletedUsers ? 0 : 1);
    });

    it('does not find a pair of which neither exists', async () => {
      const answer = await world().call('unlink_contacts', { jid1: 'ghost@xmpp.test', jid2: 'bob@nowhere.test' });
      if (!traits().tellsUnknownUsers) return expect(answer).toEqual({ status: 200, body: { code: 0 } });
      expect(answer).toMatchObject({ status: 404, body: { name: 'ItemNotFoundError' } });
    });
  });
}
