/** Measures a warm invocation, compared with a bare client that makes the same calls, and the time of the chain without the network. */
import { createServer } from 'node:http';
import { listen } from '../../infra/local/listen.ts';
import { interleaved, quantile } from './measure.ts';
import { onServer } from './server.ts';
import { bareClient, callBytes, warmHandler, withQuietLog } from './subjects.ts';
import { atMost, type Bench, duration, type Figure } from './table.ts';

const alice = { user: 'alice', host: 'xmpp.test' };
const bob = { user: 'bob', host: 'xmpp.test' };
const link = { jid1: 'alice@xmpp.test', nick1: 'Alice', jid2: 'bob@xmpp.test', nick2: 'Bob' };

export const bench: Bench = {
  name: 'warm',
  title: 'Warm overhead',
  run: (scale) =>
    withQuietLog(async () => {
      const rounds = scale === 'full' ? 1_000 : 3;
      const figures: Figure[] = [];
      await onServer(scale, '24.12', async ({ server, endpoints, settingsOf }) => {
        await Promise.all(['alice', 'bob'].map((user) => server.register(user)));
        await server.connect('alice', 'desk', { status: 'here' });
        for (const [kind, endpoint] of Object.entries(endpoints)) {
          const bare = bareClient(endpoint.url, endpoint.ca);
          const bytes = (name: string, args: Parameters<typeof callBytes>[2]) => callBytes(server.account, name, args);
          const all = (bodies: readonly Buffer[]) => Promise.all(bodies.map(bare.post));

          const presence = { user: 'alice', server: 'xmpp.test' };
          const sessions = bytes('user_sessions_info', alice);
          const getPresence = await warmHandler('get_presence', settingsOf(endpoint), presence);
          figures.push(
            await overhead(
              `get_presence over ${kind}`,
              () => getPresence(presence),
              () => bare.post(sessions),
              rounds,
            ),
          );

          const linkContacts = await warmHandler('link_contacts', settingsOf(endpoint), link);
          const reads = [
            ...[alice, bob].map((user) => bytes('check_account', user)),
            ...[alice, bob].map((user) => bytes('get_roster', user)),
          ];
          const sides = [
            { localuser: 'alice', localhost: 'xmpp.test', ...bob },
            { localuser: 'bob', localhost: 'xmpp.test', ...alice },
          ];
          const removals = sides.map((side) => bytes('delete_rosteritem', side));
          const additions = sides.map((side) =>
            bytes('add_rosteritem', { ...side, nick: side.user === 'bob' ? 'Bob' : 'Alice', groups: [], subs: 'both' }),
          );
          const clearings = sides.map(({ localuser, user }) =>
            bytes('send_stanza', {
              from: `${localuser}@xmpp.test`,
              to: `${user}@xmpp.test`,
              stanza: "<presence type='unsubscribe'/>",
            }),
          );
          const readBack = [alice, bob].map((user) => bytes('get_roster', user));
          const byBare = async () => {
            for (const step of [reads, clearings, additions, readBack]) await all(step);
          };
          const what = `link_contacts of two who are not linked over ${kind}`;
          figures.push(
            await overhead(
              what,
              () => linkContacts(link),
              byBare,
              rounds,
              () => all(removals),
            ),
          );
          figures.push(
            await overhead(
              `link_contacts of two who are linked over ${kind}`,
              () => linkContacts(link),
              () => all(reads),
              rounds,
            ),
          );
          bare.close();
        }
      });
      figures.push(await chainAlone(scale === 'full' ? 4_000 : 3));
      return { figures };
    }),
};

/** So many calls of each at a time, of which the quietest share counts: what others do on the machine only ever adds. */
const BLOCK = 50;
const QUIET_SHARE = 0.25;
/** So many calls before, as a share of those that are timed: V8 compiles code that runs often. */
const WARM_UP_SHARE = 0.5;

/** @param before is run before each of both, outside of what is timed */
async function overhead(
  what: string,
  ours: () => Promise<unknown>,
  bare: () => Promise<unknown>,
  rounds: number,
  before: () => Promise<unknown> = async () => undefined,
): Promise<Figure> {
  const timed = async (call: () => Promise<unknown>) => {
    await before();
    pause();
    const started = performance.now();
    await call();
    return performance.now() - started;
  };
  for (let round = 0; round < rounds * WARM_UP_SHARE; round += 1) {
    await timed(ours);
    await timed(bare);
  }
  const blocks: { readonly ours: number; readonly bare: number }[] = [];
  for (let block = 0; block < Math.ceil(rounds / BLOCK); block += 1) {
    const times = { ours: [] as number[], bare: [] as number[] };
    for (let round = 0; round < Math.min(rounds, BLOCK); round += 1) {
      if (round % 2 === 0) times.ours.push(await timed(ours));
      times.bare.push(await timed(bare));
      if (round % 2 !== 0) times.ours.push(await timed(ours));
    }
    blocks.push({ ours: quantile(times.ours, 0.5), bare: quantile(times.bare, 0.5) });
  }
  const quiet = blocks
    .sort((one, other) => one.ours + one.bare - other.ours - other.bare)
    .slice(0, Math.ceil(blocks.length * QUIET_SHARE));
  const p50 = quantile(
    quiet.map((block) => block.ours),
    0.5,
  );
  const bareP50 = quantile(
    quiet.map((block) => block.bare),
    0.5,
  );
  return atMost(1.25, p50 / bareP50, `${what}, compared with a bare client, p50`, `, ${duration(p50)}`);
}

/** Erlang's schedulers stay awake for a while after a call: without a pause, who comes second has the better of it. */
function pause(): void {
  const until = performance.now() + 0.3;
  while (performance.now() < until);
}

/** CPU of an invocation less that of the same bytes by a bare client, on a server that answers at once. */
async function chainAlone(rounds: number): Promise<Figure> {
  const answer = Buffer.from(
    '<?xml version="1.0"?><methodResponse><params><param><value><struct><member><name>sessions_info</name><value><array><data><value><struct>' +
      Object.entries({
        connection: 'c2s',
        ip: '::ffff:127.0.0.1',
        node: 'ejabberd@localhost',
        status: 'away',
        resource: 'desk',
        statustext: 'out',
      })
        .map(([name, value]) => `<member><name>${name}</name><value><string>${value}</string></value></member>`)
        .join('') +
      '<member><name>port</name><value><int>5222</int></value></member><member><name>priority</name><value><int>5</int></value></member>' +
      '<member><name>uptime</name><value><int>99</int></value></member></struct></value></data></array></value></member></struct></value></param></params></methodResponse>',
  );
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end(answer));
  });
  const url = new URL(`http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}/`);
  const bare = bareClient(url);
  try {
    const event = { user: 'alice', server: 'xmpp.test' };
    const body = callBytes({ user: 'a', server: 'b', password: 'c' }, 'user_sessions_info', alice);
    const handler = await warmHandler('get_presence', { EJABBERD_URL: url.href }, event);
    const subjects = { ours: () => handler(event), bare: () => bare.post(body) };
    await interleaved(subjects, { rounds: rounds / 2, clock: 'wall' });
    const times = await interleaved(subjects, { rounds, clock: 'wall' });
    const own = (quantile(times.ours, 0.5) - quantile(times.bare, 0.5)) * 1_000;
    return {
      what: 'what the chain takes without the network (get_presence, p50)',
      target: '<= 60 µs',
      measured: duration(own / 1_000),
      met: own <= 60,
    };
  } finally {
    bare.close();
    server.closeAllConnections();
    server.close();
  }
}
