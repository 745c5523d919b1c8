/** Measures the alternatives on the same ejabberd in the same run: mod_http_api with `fetch`, and Python's client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fillRoster, namesOf } from './crowd.ts';
import { median } from './measure.ts';
import { type BenchServer, onServer } from './server.ts';
import { warmHandler, withQuietLog } from './subjects.ts';
import { type Bench, duration, type Figure, shown } from './table.ts';

const SIZES = { full: { roster: 1_000, rounds: 60 }, tiny: { roster: 5, rounds: 1 } } as const;

/** The same three tasks for each peer. */
type Task = 'get_presence' | 'get_roster' | 'link_contacts';
type Peer = (task: Task, event: Readonly<Record<string, string>>) => Promise<unknown>;

export const bench: Bench = {
  name: 'peers',
  title: 'Other clients',
  run: (scale) =>
    withQuietLog(() =>
      onServer(scale, '24.12', async (there) => {
        const { roster, rounds } = SIZES[scale];
        const { server } = there;
        const { host } = server;
        await Promise.all(['alice', 'bob', 'carol'].map((user) => server.register(user)));
        await server.connect('alice', 'desk', { status: 'here' });
        await fillRoster(server, 'carol', namesOf('friend', roster));
        const peers: Record<string, Peer> = { 'these functions': await ours(there) };
        if (there.real !== undefined) peers['mod_http_api by fetch'] = byHttpApi(there);
        const python = there.real && (await byPython(there));
        if (python !== undefined) peers['Python’s xmlrpc.client'] = python.call;

        const events: Readonly<Record<Task, Readonly<Record<string, string>>>> = {
          get_presence: { user: 'alice', server: host },
          get_roster: { user: 'carol', server: host },
          link_contacts: { jid1: `alice@${host}`, nick1: 'x', jid2: `bob@${host}`, nick2: 'x' },
        };
        const figures: Figure[] = [];
        for (const task of Object.keys(events) as Task[]) {
          const before = async () => {
            if (task !== 'link_contacts') return;
            for (const [localuser, user] of [
              ['alice', 'bob'],
              ['bob', 'alice'],
            ] as const) {
              await server.command('delete_rosteritem', { localuser, localhost: host, user, host });
            }
          };
          figures.push(await comparison(task, roster, peers, events[task], rounds, before));
        }
        python?.process.kill();
        return {
          figures:
            python === undefined
              ? [...figures, shown('Python’s xmlrpc.client', 'no python3 on this machine')]
              : figures,
        };
      }),
    ),
};

async function comparison(
  task: Task,
  roster: number,
  peers: Readonly<Record<string, Peer>>,
  event: Readonly<Record<string, string>>,
  rounds: number,
  before: () => Promise<unknown>,
): Promise<Figure> {
  const lists: Record<string, number[]> = {};
  for (let round = -5; round < rounds; round += 1) {
    const names = Object.keys(peers);
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + Math.abs(round)) % names.length] ?? '';
      await before();
      const started = performance.now();
      await peers[name]?.(task, event);
      if (round >= 0) lists[name] = [...(lists[name] ?? []), performance.now() - started];
    }
  }
  const p50 = Object.entries(lists)
    .map(([name, list]) => [name, median(list)] as const)
    .sort(([, one], [, other]) => one - other);
  const what = task === 'get_roster' ? `${task} of ${roster} contacts` : task;
  return shown(`${what}, the fastest first`, p50.map(([name, time]) => `${name} ${duration(time)}`).join(', '));
}

async function ours({ endpoints, settingsOf, server }: BenchServer): Promise<Peer> {
  const endpoint = endpoints['plain'] ?? { url: new URL(server.url), ca: undefined };
  const settings = settingsOf(endpoint);
  const presence = { user: 'alice', server: server.host };
  const handlers = {
    get_presence: await warmHandler('get_presence', settings, presence),
    get_roster: await warmHandler('get_roster', settings, presence),
    link_contacts: await warmHandler('link_contacts', settings, {
      jid1: `alice@${server.host}`,
      nick1: 'x',
      jid2: `bob@${server.host}`,
      nick2: 'x',
    }),
  };
  return (task, event) => handlers[task](event);
}

/** Does no more than the calls: it checks nothing, and says of a failure what ejabberd says. */
function byHttpApi({ server, real }: BenchServer): Peer {
  const { user, server: host, password } = server.account;
  const authorization = `Basic ${Buffer.from(`${user}@${host}:${password}`).toString('base64')}`;
  const base = `${real?.harnessUrl}api/`;
  const call = async (name: string, args: object): Promise<unknown> => {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${base}${name}`, { method: 'POST', headers, body: JSON.stringify(args) });
    if (!response.ok) throw new Error(`${name}: HTTP status ${response.status}`);
    return response.json();
  };
  const of = ({ user: name, server: vhost }: Readonly<Record<string, string>>) => ({ user: name, host: vhost });
  return async (task, event) => {
    if (task === 'get_presence') return call('user_sessions_info', of(event));
    if (task === 'get_roster') return call('get_roster', of(event));
    const [one, two] = [event['jid1'], event['jid2']].map((jid = '') => {
      const [name = '', vhost = ''] = jid.split('@');
      return { user: name, host: vhost };
    });
    if (one === undefined || two === undefined) throw new Error('two users are due');
    await Promise.all(['check_account', 'get_roster'].flatMap((name) => [one, two].map((who) => call(name, who))));
    const sides = [
      [one, two],
      [two, one],
    ].map(([owner, contact]) => ({ localuser: owner?.user, localhost: owner?.host, ...contact }));
    const stanza = "<presence type='unsubscribe'/>";
    const [jid1 = '', jid2 = ''] = [event['jid1'], event['jid2']];
    await Promise.all([
      call('send_stanza', { from: jid1, to: jid2, stanza }),
      call('send_stanza', { from: jid2, to: jid1, stanza }),
    ]);
    await Promise.all(sides.map((side) => call('add_rosteritem', { ...side, nick: 'x', groups: [], subs: 'both' })));
    return Promise.all([one, two].map((who) => call('get_roster', who)));
  };
}

/** A Python process that takes one event after the other, as a function's process does. */
async function byPython({
  endpoints,
  server,
}: BenchServer): Promise<{ readonly call: Peer; readonly process: ChildProcess } | undefined> {
  const { user, server: host, password } = server.account;
  const url = endpoints['plain']?.url.href ?? server.url;
  const script = resolve(import.meta.dirname, 'peer.py');
  const python = spawn('python3', [script, url, JSON.stringify({ user, server: host, password })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const started = await once(python, 'spawn').then(
    () => true,
    () => false,
  );
  if (!started) return undefined;
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  return {
    call: async (method, event) => {
      python.stdin.write(`${JSON.stringify({ method, event })}\n`);
      const { done } = await lines.next();
      if (done) throw new Error('Python has ended');
    },
    process: python,
  };
}
