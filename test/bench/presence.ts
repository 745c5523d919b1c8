/** The presence of a whole roster: the way that the function picks, compared with every other way, by the size of the server. */
import { decodeResponse } from '../../functions/layer/xmlrpc/decode.ts';
import { eachOf, fillRoster, logIn, namesOf } from './crowd.ts';
import { interleaved, median, type Subject } from './measure.ts';
import { type BenchServer, onServer } from './server.ts';
import { bareClient, callBytes, warmHandler, withQuietLog } from './subjects.ts';
import { atLeast, atMost, type Bench, duration, type Figure, shown } from './table.ts';

/** If a process may have only 20,000 sockets, as is usual, the server can't have that many other sessions. */
const SIZES = {
  full: { contacts: 1_000, online: 200, others: [0, 2_000, 19_400], rounds: 7 },
  tiny: { contacts: 12, online: 3, others: [0, 10], rounds: 1 },
} as const;

const SESSIONS_EACH = 10;

export const bench: Bench = {
  name: 'presence',
  title: 'A roster with presence',
  run: (scale) =>
    withQuietLog(async () => {
      return onServer(scale, '24.12', async (there) => {
        const { contacts, online, others, rounds } = SIZES[scale];
        const names = namesOf('contact', contacts);
        await eachOf(['alice', ...names.slice(0, online)], (user) => there.server.register(user));
        await fillRoster(there.server, 'alice', names);
        await logIn(there, names.slice(0, online));
        const ways = await waysOf(there, names);

        const figures: Figure[] = [];
        const lines: Record<string, [number, number][]> = {};
        let present = 0;
        for (const size of others) {
          const users = namesOf('other', (size - present) / SESSIONS_EACH, present / SESSIONS_EACH);
          await eachOf(users, (user) => there.server.register(user));
          await logIn(there, users, SESSIONS_EACH);
          present = size;
          console.error(`  ${size} sessions of others`);
          // The bare ways share most of their code, and so run it hot in their first round already.
          for (let run = 0; run < 3 * rounds; run += 1) await ways[OURS]?.();
          const times = await interleaved(ways, { rounds });
          const p50 = Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
          for (const [name, time] of Object.entries(p50)) lines[name] = [...(lines[name] ?? []), [size + online, time]];
          figures.push(...figuresOf(size, online, contacts, p50));
        }
        const title = `${contacts} contacts, ${online} online, by the server's size`;
        return { figures, curves: [{ file: 'presence', title, x: 'sessions on the server', y: 'ms', lines }] };
      });
    }),
};

const OURS = 'get_roster_with_presence';
const ROSTER = 'get_roster alone';
const EACH = 'a call a contact';

function figuresOf(size: number, online: number, contacts: number, p50: Readonly<Record<string, number>>): Figure[] {
  const { [OURS]: ours = Number.NaN, [ROSTER]: roster = Number.NaN, [EACH]: each = Number.NaN } = p50;
  const rest = Object.entries(p50).filter(([name]) => name !== OURS && name !== ROSTER);
  const [best = '', least = Number.NaN] = rest.sort(([, one], [, other]) => one - other)[0] ?? [];
  const where = `${contacts} contacts, ${online} online, ${size} sessions of others`;
  return [
    ...(size > 0
      ? []
      : [
          atLeast(8, each / ours, `${OURS} compared with a call for each contact, ten at a time: ${where}`),
          atMost(2, ours / roster, `${OURS} compared with a bare get_roster: ${where}`, `, ${duration(ours)}`),
        ]),
    atMost(1.2, ours / least, `${OURS} compared with the best way: ${where}`, ` of “${best}”`),
    shown(
      `all ways: ${where}`,
      Object.entries(p50)
        .map(([name, time]) => `${name} ${duration(time)}`)
        .join(', '),
    ),
  ];
}

/** Each way by a bare client that keeps connections; it reads no more than it needs for the next call. */
async function waysOf(
  { server, endpoints, settingsOf }: BenchServer,
  names: readonly string[],
): Promise<Record<string, Subject>> {
  const endpoint = Object.values(endpoints)[0];
  if (endpoint === undefined) throw new Error('no endpoint');
  const { post } = bareClient(endpoint.url);
  const { host } = server;
  const bytes = (name: string, args: Readonly<Record<string, string>>) => callBytes(server.account, name, args);
  const roster = bytes('get_roster', { user: 'alice', host });
  const sessions = new Map(names.map((user) => [user, bytes('user_sessions_info', { user, host })]));
  const [list, tell] = [bytes('connected_users_vhost', { host }), bytes('connected_users_info', {})];
  const ask = (users: readonly string[]) =>
    eachOf(users, async (user) => decodeResponse(await post(sessions.get(user) ?? roster)));
  const event = { user: 'alice', server: host };
  const ours = await warmHandler('get_roster_with_presence', settingsOf(endpoint), event);
  return {
    [OURS]: () => ours(event),
    [ROSTER]: () => post(roster),
    [EACH]: async () => {
      decodeResponse(await post(roster));
      await ask(names);
    },
    'the list, then calls': async () => {
      const answers = await Promise.all([post(roster), post(list)]);
      for (const answer of answers) decodeResponse(answer);
      const connected = new Set(answers[1].toString().match(/(?<=>)[^<>@]+(?=@)/g));
      await ask(names.filter((user) => connected.has(user)));
    },
    'everybody at once': async () => {
      for (const answer of await Promise.all([post(roster), post(tell)])) decodeResponse(answer);
    },
  };
}
