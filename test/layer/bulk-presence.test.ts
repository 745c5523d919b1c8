import { describe, expect, it, vi } from 'vitest';
import type { Command } from '../../functions/layer/dialects/command.ts';
import type { RosterItem } from '../../functions/layer/dialects/dialect.ts';
import { type LearnedWays, overviewOf, presencesOf } from '../../functions/layer/dialects/ejabberd/bulk-presence.ts';
import type { Run } from '../../functions/layer/dialects/run-command.ts';
import {
  ConnectionLostError,
  EjabberdTimeoutError,
  PermissionDeniedError,
} from '../../functions/layer/errors/index.ts';

const itemOf = (jid: string): RosterItem => ({ jid, nick: '', groups: [], subscription: 'both', pending: 'none' });
const roster = (contacts: number) => Array.from({ length: contacts }, (_, index) => itemOf(`user${index}@xmpp.test`));
const session = { priority: 1, uptime: 1, status: 'away', resource: 'r', statustext: '' };
const ways = (): LearnedWays => ({ canCount: true, canReadAll: true });

/** A server on which the first users are connected, and what it was asked; some commands fail. */
function serverOf(connected: number, failures: Readonly<Record<string, Error>> = {}) {
  const asked: string[] = [];
  const online = Array.from({ length: connected }, (_, index) => `user${index}@xmpp.test`);
  const answers: Record<string, (args: Command<unknown>['args']) => unknown> = {
    connected_users_number: () => ({ num_sessions: connected }),
    connected_users_vhost: ({ host }) => ({
      connected_users_vhost: online.filter((jid) => jid.endsWith(`@${host}`)).map((jid) => `${jid}/r`),
    }),
    connected_users_info: () => ({ connected_users_info: online.map((jid) => ({ ...session, jid: `${jid}/r` })) }),
    user_sessions_info: ({ user, host }) => ({
      sessions_info: online.includes(`${user}@${host}`) ? [session] : [],
    }),
  };
  const run: Run = async ({ name, args, read }) => {
    asked.push(name);
    if (failures[name] !== undefined) throw failures[name];
    return read(answers[name]?.(args));
  };
  const count = (name: string) => asked.filter((one) => one === name).length;
  return { run, count };
}

const shows = (presences: readonly { readonly show: string }[]) =>
  presences.filter(({ show }) => show === 'away').length;

describe('the presence of many contacts', () => {
  it('is read for the whole server at once if most connected users are contacts', async () => {
    const { run, count } = serverOf(100);
    const presences = await presencesOf(
      run,
      roster(300),
      { sessionCount: 100, allSessions: undefined, onlineUsers: new Map() },
      ways(),
    );
    expect([presences.length, shows(presences)]).toEqual([300, 100]);
    expect([count('connected_users_info'), count('user_sessions_info')]).toEqual([1, 0]);
  });

  it('is read together with the roster if the server has few sessions', async () => {
    const { run, count } = serverOf(100);
    const overview = await overviewOf(run, 'xmpp.test', ways());
    expect(shows(await presencesOf(run, roster(300), overview, ways()))).toBe(100);
    expect([count('connected_users_info'), count('connected_users_vhost'), count('user_sessions_info')]).toEqual([
      1, 0, 0,
    ]);
  });

  it('uses a count of sessions that is at most ten seconds old', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { run, count } = serverOf(1_000);
    const learned = ways();
    for (const seconds of [0, 9, 1, 9]) {
      vi.advanceTimersByTime(seconds * 1_000);
      expect(await overviewOf(run, 'xmpp.test', learned)).toMatchObject({ sessionCount: 1_000 });
    }
    vi.useRealTimers();
    expect(count('connected_users_number')).toBe(2);
  });

  it('is no longer read for the whole server if that has many more sessions than at the last count', async () => {
    const { run, count } = serverOf(1_000);
    const learned = { ...ways(), counted: { sessions: 10, at: Date.now() } };
    for (let call = 0; call < 3; call += 1) {
      const overview = await overviewOf(run, 'xmpp.test', learned);
      expect(shows(await presencesOf(run, roster(100), overview, learned))).toBe(100);
    }
    expect([count('connected_users_info'), count('connected_users_number')]).toEqual([1, 0]);
  });

  it('is read for those alone who are connected, on a server with many others', async () => {
    const { run, count } = serverOf(20);
    expect(
      shows(
        await presencesOf(
          run,
          roster(300),
          { sessionCount: 1_000, allSessions: undefined, onlineUsers: new Map() },
          ways(),
        ),
      ),
    ).toBe(20);
    expect([count('connected_users_vhost'), count('connected_users_info'), count('user_sessions_info')]).toEqual([
      1, 0, 20,
    ]);
  });

  it('is read for connected contacts only, whose list is read together with the roster if it is short', async () => {
    const { run, count } = serverOf(1_000);
    const overview = await overviewOf(run, 'xmpp.test', ways());
    expect(count('connected_users_vhost')).toBe(1);
    expect(shows(await presencesOf(run, roster(20), overview, ways()))).toBe(20);
    expect([count('connected_users_vhost'), count('user_sessions_info')]).toEqual([1, 20]);
  });

  it('is read for each of a few contacts on a server whose list would be long', async () => {
    const { run, count } = serverOf(20);
    expect(
      shows(
        await presencesOf(
          run,
          roster(30),
          { sessionCount: 20_000, allSessions: undefined, onlineUsers: new Map() },
          ways(),
        ),
      ),
    ).toBe(20);
    expect([count('connected_users_vhost'), count('user_sessions_info')]).toEqual([0, 30]);
  });

  it.each([
    ['may not be asked', new PermissionDeniedError()],
    ['crashes', new ConnectionLostError()],
  ])(
    'is read for each connected contact if the command for all %s, which is then not tried again',
    async (_, failure) => {
      const { run, count } = serverOf(100, { connected_users_info: failure });
      const learned = ways();
      for (const _ of [1, 2])
        expect(
          shows(
            await presencesOf(
              run,
              roster(300),
              { sessionCount: 100, allSessions: undefined, onlineUsers: new Map() },
              learned,
            ),
          ),
        ).toBe(100);
      expect([count('connected_users_info'), count('user_sessions_info')]).toEqual([1, 200]);
    },
  );

  it('fails when the time is over, and asks for nothing more', async () => {
    const { run, count } = serverOf(100, { connected_users_info: new EjabberdTimeoutError() });
    await expect(
      presencesOf(run, roster(300), { sessionCount: 100, allSessions: undefined, onlineUsers: new Map() }, ways()),
    ).rejects.toThrow(EjabberdTimeoutError);
    expect(count('user_sessions_info')).toBe(0);
  });

  it('is read if the account may neither count nor list the sessions', async () => {
    const denied = new PermissionDeniedError();
    const { run, count } = serverOf(5, { connected_users_number: denied, connected_users_vhost: denied });
    const learned = ways();
    for (const _ of [1, 2]) {
      const overview = await overviewOf(run, 'xmpp.test', learned);
      expect(shows(await presencesOf(run, roster(30), overview, learned))).toBe(5);
    }
    expect([count('connected_users_number'), count('user_sessions_info')]).toEqual([1, 60]);
  });
});
