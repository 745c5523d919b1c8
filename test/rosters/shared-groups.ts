import { describe, expect, it } from 'vitest';
import { NotAllowedError } from '../../functions/layer/errors/index.ts';
import type { Jid } from '../../functions/layer/xmpp/jid.ts';
import { addItem } from '../contract/observe.ts';
import { ACCOUNT_SECRET, type User } from '../support/world.ts';
import { type LimitedAccount, PLAIN_HOST, type RosterWorld } from './fixture.ts';

interface Given {
  readonly nick1?: string;
  readonly nick2?: string;
  readonly group1?: string;
  readonly group2?: string;
}

const both = { subscription: 'both' };

/** Contacts by groups of `mod_shared_roster`. Each call is made by an execution environment that remembers nothing. */
export function sharedGroups(world: () => RosterWorld): void {
  const pair = async () => [await world().user('alice'), await world().user('bob')] as const;
  const jidOf = ({ name, server }: User): Jid => ({ local: name, domain: server, resource: '' });
  const link = async (a: User, b: User, { nick1 = 'One', nick2 = 'Two', group1, group2 }: Given = {}) => {
    const [jid1, jid2] = [jidOf(a), jidOf(b)];
    return (await world().container()).act((dialect) =>
      dialect.linkContacts(
        { owner: jid1, contact: jid2, nick: nick2, group: group2 },
        { owner: jid2, contact: jid1, nick: nick1, group: group1 },
      ),
    );
  };
  const unlink = async (a: User, b: User, account?: LimitedAccount) =>
    (await world().container(account)).act((dialect) => dialect.unlinkContacts(jidOf(a), jidOf(b)));
  const contacts = async (a: User, b: User) => [await world().contacts(a), await world().contacts(b)];
  let groups = 0;
  const newId = (word = 'team') => {
    groups += 1;
    return `${word}${groups}`;
  };

  describe('two contacts of a shared roster group', () => {
    it('can’t be unlinked: the error names the group, and nothing is stored', async () => {
      const [alice, bob] = await pair();
      const id = newId();
      await world().group(id, { members: [alice, bob], label: 'The Team' });
      const shown = await contacts(alice, bob);
      expect(shown).toMatchObject([[{ jid: bob.jid, groups: ['The Team'], ...both }], [{ jid: alice.jid, ...both }]]);
      const answer = await unlink(alice, bob);
      expect(answer).toMatchObject({ name: 'NotAllowedError', code: 405, status: 403, retryable: false });
      expect(String(answer)).toContain(`the shared roster group ${id} of xmpp.test`);
      expect(await contacts(alice, bob)).toEqual(shown);
      await world().removeGroup(id);
      expect(await contacts(alice, bob)).toEqual([[], []]);
    });

    it.each([
      ['no group', 'The Team', {}, [], []],
      ['no group, if the group has no label of its own', undefined, {}, [], []],
      ['no group, if the label is empty', '', {}, [], []],
      ['no group, if the label is in other letters', 'Команда 😀', {}, [], []],
      ['cleared groups', 'The Team', { group1: '', group2: '' }, [], []],
      ['groups of their own', 'The Team', { group1: 'Ones', group2: 'Twos' }, ['Twos'], ['Ones']],
      ['the label as group', 'The Team', { group1: 'The Team', group2: 'The Team' }, ['The Team'], ['The Team']],
    ])(
      'are stored on both sides by a link with %s, and stay linked without it',
      async (_, label, given, one, other) => {
        const [alice, bob] = await pair();
        const id = newId();
        await world().group(id, { members: [alice, bob], ...(label !== undefined && { label }) });
        expect(await link(alice, bob, given)).toBeUndefined();
        await world().removeGroup(id);
        expect(await contacts(alice, bob)).toEqual([
          [{ jid: bob.jid, nick: 'Two', groups: one, ...both }],
          [{ jid: alice.jid, nick: 'One', groups: other, ...both }],
        ]);
        expect(await unlink(alice, bob)).toBeUndefined();
        expect(await contacts(alice, bob)).toEqual([[], []]);
      },
    );

    it.each(['another label', undefined])(
      'are linked in a group whose name is the shared group’s id, with %s',
      async (label) => {
        const [alice, bob] = await pair();
        const id = newId();
        await world().group(id, { members: [alice, bob], ...(label !== undefined && { label }) });
        expect(await link(alice, bob, { group1: id, group2: id })).toBeUndefined();
        await world().removeGroup(id);
        expect(await contacts(alice, bob)).toEqual([
          [{ jid: bob.jid, nick: 'Two', groups: [id], ...both }],
          [{ jid: alice.jid, nick: 'One', groups: [id], ...both }],
        ]);
      },
    );

    it('are stored although the nick and group asked for are shown already', async () => {
      const [alice, bob] = await pair();
      const id = newId();
      await world().group(id, { members: [alice, bob], label: 'Friends' });
      const input = { nick1: '', nick2: '', group1: 'Friends', group2: 'Friends' };
      expect(await link(alice, bob, input)).toBeUndefined();
      await world().removeGroup(id);
      expect(await contacts(alice, bob)).toMatchObject([[{ jid: bob.jid, ...both }], [{ jid: alice.jid, ...both }]]);
    });

    it('keep the groups of their own entries, and get no others', async () => {
      const [alice, bob] = await pair();
      await addItem(world(), alice, bob.jid, { nick: 'B', groups: ['Football', 'Work'] });
      await addItem(world(), bob, alice.jid, { nick: 'A' });
      const id = newId();
      await world().group(id, { members: [alice, bob], label: 'The Team' });
      expect(await link(alice, bob)).toBeUndefined();
      await world().removeGroup(id);
      expect(await contacts(alice, bob)).toEqual([
        [{ jid: bob.jid, nick: 'Two', groups: ['Football', 'Work'], ...both }],
        [{ jid: alice.jid, nick: 'One', groups: [], ...both }],
      ]);
    });

    it('are not said to be unlinked if the account may not ask for groups: the error names the permissions', async () => {
      const [alice, bob] = await pair();
      const id = newId();
      await world().group(id, { members: [alice, bob] });
      for (const account of ['no-groups', 'no-members'] as const) {
        const answer = await unlink(alice, bob, account);
        expect(answer).toMatchObject({ name: 'PartialLinkError', sides: { jid1: 'not', jid2: 'not' } });
        expect(String(answer)).toContain('allow srg_list, srg_get_info and srg_get_members');
      }
      await world().removeGroup(id);
    });

    it('are refused if ejabberd would store one side only: before 24.02, for a group whose id holds ";"', async () => {
      const [alice, bob] = await pair();
      const id = newId('semi;colon');
      await world().group(id, { members: [alice, bob], label: 'The Team' });
      const answer = await link(alice, bob);
      if (world().server.release === 'since-24.02') expect(answer).toBeUndefined();
      else {
        expect(answer).toBeInstanceOf(NotAllowedError);
        expect(String(answer)).toContain('give group1 and group2');
        expect(await link(alice, bob, { group1: 'Ones', group2: 'Twos' })).toBeUndefined();
      }
      await world().removeGroup(id);
      expect(await contacts(alice, bob)).toMatchObject([[{ nick: 'Two', ...both }], [{ nick: 'One', ...both }]]);
    });
  });

  it('a group whose id is in other letters keeps its members from being unlinked as well', async () => {
    const [alice, bob] = await pair();
    const id = newId('команда');
    await world().group(id, { members: [alice, bob], label: 'Команда' });
    const answer = await unlink(alice, bob);
    expect(answer).toBeInstanceOf(NotAllowedError);
    expect(String(answer)).toContain(`${id} of xmpp.test`);
    await world().removeGroup(id);
  });

  it('a group that one of two sees in the other’s keeps them from being unlinked, and not from being linked', async () => {
    const [alice, bob] = await pair();
    const [seen, seeing] = [newId('staff'), newId('customers')];
    await world().group(seen, { members: [bob], label: 'Staff', display: [] });
    await world().group(seeing, { members: [alice], label: 'Customers', display: [seen] });
    expect(await contacts(alice, bob)).toMatchObject([[{ jid: bob.jid, ...both }], []]);
    const answer = await unlink(bob, alice);
    expect(answer).toBeInstanceOf(NotAllowedError);
    expect(String(answer)).toContain(`${seen} of xmpp.test`);
    expect(await link(alice, bob)).toBeUndefined();
    await world().removeGroup(seeing);
    await world().removeGroup(seen);
    expect(await contacts(alice, bob)).toEqual([
      [{ jid: bob.jid, nick: 'Two', groups: [], ...both }],
      [{ jid: alice.jid, nick: 'One', groups: [], ...both }],
    ]);
  });

  it.each(['@all@', '@online@'])('a group of %s is one of every such user of the vhost', async (everybody) => {
    const [alice, bob] = [await world().user('alice', 'other.test'), await world().user('bob', 'other.test')];
    const client = await bob.login('desk', {});
    const id = newId('everybody');
    await world().group(id, { members: [], host: 'other.test' });
    await world().server.command('srg_user_add', {
      user: everybody,
      host: 'other.test',
      group: id,
      grouphost: 'other.test',
    });
    const answer = await unlink(alice, bob);
    expect(answer).toBeInstanceOf(NotAllowedError);
    expect(String(answer)).toContain(`${id} of other.test`);
    expect(await link(alice, bob)).toBeUndefined();
    await world().removeGroup(id);
    expect(await world().contacts(alice)).toEqual([{ jid: bob.jid, nick: 'Two', groups: [], ...both }]);
    await client.disconnect();
  });

  it('an entry in a group of the user’s own is unlinked, though a shared group that is not shown has its name', async () => {
    const [alice, bob] = await pair();
    const id = newId();
    await world().group(id, { members: [bob], label: 'Friends' });
    expect(await link(alice, bob, { group1: 'Friends', group2: 'Friends' })).toBeUndefined();
    expect(await unlink(alice, bob)).toBeUndefined();
    expect(await contacts(alice, bob)).toEqual([[], []]);
    await world().removeGroup(id);
  });

  it('users of a vhost without mod_shared_roster are linked and unlinked as ever', async () => {
    const [alice, bob] = [await world().user('alice', PLAIN_HOST), await world().user('bob', PLAIN_HOST)];
    for (const _ of [1, 2]) {
      expect(await link(alice, bob, { group1: 'Ones' })).toBeUndefined();
      expect(await link(alice, bob, { group1: 'Ones' })).toBeUndefined();
      expect(await unlink(alice, bob)).toBeUndefined();
    }
    expect(await contacts(alice, bob)).toEqual([[], []]);
  });

  it('two strangers are linked without a question about groups; later calls ask once a minute', async () => {
    const [alice, bob] = await pair();
    const { container, commands } = await world().watchedContainer();
    const [jid1, jid2] = [jidOf(alice), jidOf(bob)];
    const side = { nick: '', group: undefined };
    const linkAgain = () =>
      container.act((dialect) =>
        dialect.linkContacts({ ...side, owner: jid1, contact: jid2 }, { ...side, owner: jid2, contact: jid1 }),
      );
    const asked = () => commands.filter((name) => name.startsWith('srg_'));
    expect(await linkAgain()).toBeUndefined();
    expect(asked()).toEqual([]);
    for (const _ of [1, 2]) expect(await linkAgain()).toBeUndefined();
    expect(await container.act((dialect) => dialect.unlinkContacts(jid1, jid2))).toBeUndefined();
    expect(asked()).toEqual(['srg_list']);
  });

  it('by HTTP, two contacts of a shared group that can’t be unlinked are status 403', async () => {
    const [alice, bob] = await pair();
    const id = newId();
    await world().group(id, { members: [alice, bob] });
    const call = await world().withSecret(ACCOUNT_SECRET);
    expect(await call('unlink_contacts', { jid1: alice.jid, jid2: bob.jid })).toMatchObject({
      status: 403,
      body: { name: 'NotAllowedError', code: 405, condition: 'not-allowed', retryable: false },
    });
    await world().removeGroup(id);
  });
}
