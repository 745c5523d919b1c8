import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { User, World } from '../support/world.ts';

/** The contract of `get_presence` and `get_resources`. */
export function presenceContract(world: () => World): void {
  const presenceOf = async ({ member }: User) => (await world().call('get_presence', member)).body;
  const resourcesOf = async ({ member }: User) => (await world().call('get_resources', member)).body;

  describe('get_presence', () => {
    it('is that of the session with the highest priority, not of the resource that sorts last', async () => {
      const alice = await world().user('alice');
      await alice.login('m-high', { priority: 10, show: 'chat', status: 'Ask me <anything> & more 😀' });
      await alice.login('z-low', { priority: 1, show: 'away' });
      await alice.login('zz-negative', { priority: -5 });
      expect(await presenceOf(alice)).toEqual({
        jid: `${alice.jid}/m-high`,
        show: 'chat',
        status: 'Ask me <anything> & more 😀',
      });
    });

    it('is of the newest of several sessions with the same priority', async () => {
      const alice = await world().user('alice');
      await alice.login('z-older', { priority: 3 });
      await sleep(1_100); // ejabberd tells a session's age in whole seconds
      await alice.login('a-newer', { priority: 3, show: 'xa' });
      const presence = await presenceOf(alice);
      if (world().server.traits.sessionAges)
        expect(presence).toMatchObject({ jid: `${alice.jid}/a-newer`, show: 'xa' });
      else expect([`${alice.jid}/a-newer`, `${alice.jid}/z-older`]).toContain(presence['jid']);
    });

    it.each([
      ['has no session', async () => undefined],
      ['has only a negative priority', async (user: User) => user.login('phone', { priority: -1 })],
      ['has sent no presence yet', async (user: User) => user.login('phone')],
      ['has sent unavailable presence', async (user: User) => (await user.login('phone', {})).unavailable()],
    ])('is unavailable, with the bare JID, where the user %s', async (_, act) => {
      const alice = await world().user('alice');
      await act(alice);
      await expect.poll(() => presenceOf(alice)).toEqual({ jid: alice.jid, show: 'unavailable', status: '' });
    });

    it('prefers priority 0 to a session without presence', async () => {
      const alice = await world().user('alice');
      await alice.login('silent');
      await alice.login('here', {});
      const expected = { jid: `${alice.jid}/here`, show: 'available', status: '' };
      const hidden = { jid: alice.jid, show: 'unavailable', status: '' };
      expect(await presenceOf(alice)).toEqual(world().server.traits.silentSessionsLast ? expected : hidden);
    });
  });

  describe('get_resources', () => {
    it('lists every connected resource, sorted, also one without presence', async () => {
      const alice = await world().user('alice');
      await alice.login('b', {});
      await alice.login('ü', { priority: -1 });
      await alice.login('B');
      expect(await resourcesOf(alice)).toEqual({ resources: ['B', 'b', 'ü'] });
    });

    it('is empty for a user who is offline', async () => {
      expect(await resourcesOf(await world().user('alice'))).toEqual({ resources: [] });
    });
  });
}
