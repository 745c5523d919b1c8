import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../functions/layer/dialects/answer-shape.ts';
import { bestPresence } from '../../functions/layer/dialects/best-presence.ts';
import {
  checkAccount,
  getRoster,
  probeGroupsArgument,
  sendStanza,
  userResources,
  userSessions,
} from '../../functions/layer/dialects/ejabberd/commands.ts';

const alice = { local: 'alice', domain: 'example.com', resource: '' };
const bob = { ...alice, local: 'bob' };

/** A tuple as it was up to 23.10: an array of one-member structs. */
const tuple = (members: object) => Object.entries(members).map(([name, value]) => ({ [name]: value }));

const roster = (...rows: unknown[]) => getRoster(alice).read({ contacts: rows });

describe('a roster', () => {
  const plain = { jid: 'bob@example.com', nick: 'Bob', groups: [], subscription: 'both', pending: 'none' };

  it.each([
    [
      'of 23.01',
      { contact: tuple({ jid: plain.jid, nick: 'Bob', subscription: 'both', ask: 'undefined', group: '' }) },
    ],
    ['of 24.12', { jid: plain.jid, nick: 'Bob', subscription: 'both', pending: 'undefined', groups: [] }],
  ])('%s reads alike', (_, row) => {
    expect(roster(row)).toEqual([plain]);
  });

  it('has the groups of all rows of a contact, sorted, each once and none empty', () => {
    const row = (group: string) => ({ contact: tuple({ ...plain, groups: undefined, group }) });
    expect(roster(row('b'), row(''), row('a'), row('b'))).toMatchObject([{ groups: ['a', 'b'] }]);
    expect(roster({ ...plain, groups: ['b', '', 'a', 'b'] })).toMatchObject([{ groups: ['a', 'b'] }]);
  });

  it.each([
    ['undefined', 'none'],
    ['subscribe', 'out'],
    ['out', 'out'],
    ['in', 'in'],
    ['both', 'both'],
    ['unsubscribe', 'none'],
    ['odd', 'none'],
    [5, 'none'],
    [undefined, 'none'],
  ])('reads the pending request %j as %s, by either name', (written, pending) => {
    expect(roster({ jid: 'b@x', subscription: 'none', pending: written })).toMatchObject([{ pending }]);
    expect(roster({ jid: 'b@x', subscription: 'none', ask: written })).toMatchObject([{ pending }]);
  });

  it.each(['odd', 'BOTH', '', [], 5, null, undefined])('stays readable with the subscription %j', (subscription) => {
    expect(roster({ ...plain, subscription })).toEqual([{ ...plain, subscription: 'none' }]);
  });

  it.each([
    [{ jid: 'b@x' }],
    [{ jid: 'b@x', nick: 7, groups: 'G', group: null }],
    [{ jid: 'b@x', groups: [7, ['x']] }],
  ])('stays readable with the row %j', (row) => {
    expect(roster(row)).toEqual([{ jid: 'b@x', nick: '', groups: [], subscription: 'none', pending: 'none' }]);
  });

  it.each([{}, [], { nick: 'Ghost' }, { jid: '' }, { jid: 5 }, { contact: [] }, { contact: [{}] }])(
    'has no contact for a row without a JID: %j',
    (row) => {
      expect(roster(row)).toEqual([]);
      expect(roster(plain, row)).toEqual(roster(plain));
    },
  );

  it.each([null, 'text', 5, [], {}, { contacts: 'text' }, { contacts: ['text'] }, { contacts: [5] }])(
    'is not read out of %j',
    (answer) => {
      expect(() => getRoster(alice).read(answer)).toThrow(ShapeError);
    },
  );
});

describe('a session', () => {
  const sessions = (...rows: unknown[]) => userSessions(alice).read({ sessions_info: rows });
  const at = { resource: 'r', priority: 0, uptime: 5, status: 'away', statustext: 'x' };

  it('of either release reads alike', () => {
    const expected = [{ resource: 'r', priority: 0, uptime: 5, show: 'away', status: 'x' }];
    expect(sessions(at)).toEqual(expected);
    expect(sessions({ session: tuple(at) })).toEqual(expected);
  });

  it.each([
    ['odd', 'available'],
    [undefined, 'available'],
    ['offline', 'unavailable'],
    ['xa', 'xa'],
  ])('with the status %j is %s', (status, show) => {
    expect(sessions({ ...at, status })).toMatchObject([{ show }]);
  });

  it('with the highest priority that is not negative speaks for its user, of equals the newest', () => {
    const best = (...rows: [string, number, number, string?][]) =>
      bestPresence(
        sessions(
          ...rows.map(([resource, priority, uptime, status = 'chat']) => ({
            ...at,
            resource,
            priority,
            uptime,
            status,
          })),
        ),
      ).resource;
    expect(best(['z', 1, 9], ['a', 127, 9], ['m', 5, 1])).toBe('a');
    expect(best(['old', 3, 9], ['new', 3, 2])).toBe('new');
    expect(best(['new', 3, 2], ['old', 3, 9])).toBe('new');
    expect(best(['zero', 0, 9], ['gone', 9, 1, 'unavailable'], ['negative', -1, 1])).toBe('zero');
    expect(best(['negative', -1, 1], ['lower', -128, 1])).toBe('');
    expect(best()).toBe('');
  });
});

describe('an answer', () => {
  it('of resources reads alike from either release', () => {
    expect(userResources(alice).read({ resources: ['b', 'a'] })).toEqual(['b', 'a']);
    expect(userResources(alice).read({ resources: [{ resource: 'b' }, { resource: 'a' }] })).toEqual(['b', 'a']);
    expect(() => userResources(alice).read({ resources: [5] })).toThrow(ShapeError);
  });

  it('of check_account means yes only if it is 0', () => {
    expect([0, 1, 404].map((res) => checkAccount(alice).read({ res }))).toEqual([true, false, false]);
    expect(() => checkAccount(alice).read({ res: '0' })).toThrow(ShapeError);
  });

  it('of send_stanza is a bad request for 1', () => {
    const { read, idempotent } = sendStanza(alice, bob, '<message/>');
    expect(idempotent).toBe(false);
    expect(read({ res: 0 })).toBeUndefined();
    expect(() => read({ res: 1 })).toThrow(/400 bad-request/);
    expect(() => read({ res: 503 })).toThrow(/503 service-unavailable/);
  });

  it.each([
    [-116, "Error -116\nRequired attribute 'group' not found:\n[{groups,{array,[]}}]", 'group'],
    [-116, "Error -116\nRequired attribute 'subs' not found:\n[]", 'groups'],
    [-120, 'Error -120\nThe call provided additional unused arguments:\n[{groups,{array,[]}}]', 'group'],
    [-116, "Error -116\nRequired attribute 'nick' not found:\n[]", undefined],
    [-118, 'Error -118\nInvalid authentication data', undefined],
  ])('%i to the probe of the release tells how groups are given', (code, text, argument) => {
    expect(probeGroupsArgument({ owner: alice, contact: bob }).readFault?.({ code, text })).toBe(argument);
  });
});
