/** Batches of a queue: ten links at once, many batches one after the other, and what a link costs by the rosters' size. */
import { batchOf } from '../support/event-sources.ts';
import { eachOf, fillRoster, namesOf } from './crowd.ts';
import { interleaved, median, ratio } from './measure.ts';
import { type BenchServer, onServer } from './server.ts';
import { bareClient, callBytes, warmHandler, withQuietLog } from './subjects.ts';
import { atLeast, atMost, type Bench, duration, type Figure, shown } from './table.ts';

const SIZES = {
  full: { batches: 1_000, rounds: 40, rosters: [0, 100, 1_000], linkRounds: 30 },
  tiny: { batches: 2, rounds: 1, rosters: [0, 5], linkRounds: 1 },
} as const;

/** Records of a batch, and how many of them the function works on at a time. */
const RECORDS = 10;

export const bench: Bench = {
  name: 'batch',
  title: 'Batches',
  run: (scale) =>
    withQuietLog(() =>
      onServer(scale, '24.12', async (there) => {
        const { batches, rounds, rosters, linkRounds } = SIZES[scale];
        const links = await linksOf(there, RECORDS * batches);
        const figures: Figure[] = [];

        const first = links.slice(0, RECORDS);
        const batch = batchOf(first.map(({ input }) => JSON.stringify(input)));
        const endpoint = there.endpoints['plain'] ?? { url: new URL(there.server.url), ca: undefined };
        const handler = await warmHandler('link_contacts', there.settingsOf(endpoint), batch);
        const { post, close } = bareClient(endpoint.url);
        const byBare = (some: readonly Link[]) => eachOf(some, (link) => inTurn(link.calls, post), RECORDS);
        const unlink = (some: readonly Link[]) => eachOf(some, (link) => Promise.all(link.removals.map(post)), RECORDS);

        const times = { ours: [] as number[], bare: [] as number[] };
        for (let round = -3; round < rounds; round += 1) {
          for (const name of round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
            await unlink(first);
            const started = performance.now();
            await (name === 'ours' ? handler(batch) : byBare(first));
            if (round >= 0) times[name].push(performance.now() - started);
          }
        }
        const [ours, bare] = [median(times.ours), median(times.bare)];
        figures.push(
          atMost(
            1.15,
            ours / bare,
            'an SQS batch of 10 links, compared with a raw client that makes the same calls',
            `, ${duration(ours)}`,
          ),
        );
        figures.push(await throughput(links, handler, byBare, unlink));
        figures.push(...(await linkCosts(there, handler, post, rosters, linkRounds)));
        close();
        return { figures };
      }),
    ),
};

interface Link {
  readonly input: Readonly<Record<string, string>>;
  /** The calls of a link of two who are not linked, the read-back last: each step's go out at once. */
  readonly calls: readonly (readonly Buffer[])[];
  readonly removals: readonly Buffer[];
}

async function inTurn(steps: readonly (readonly Buffer[])[], post: (body: Buffer) => Promise<unknown>): Promise<void> {
  for (const step of steps) await Promise.all(step.map(post));
}

async function linksOf({ server }: BenchServer, count: number): Promise<readonly Link[]> {
  const users = namesOf('member', 2 * count);
  await eachOf(users, (user) => server.register(user));
  const { host, account } = server;
  const bytes = (name: string, args: Parameters<typeof callBytes>[2]) => callBytes(account, name, args);
  return Array.from({ length: count }, (_, index) => {
    const pair = [users[2 * index] ?? '', users[2 * index + 1] ?? ''] as const;
    const sides = [pair, [pair[1], pair[0]] as const].map(([localuser, user]) => ({
      localuser,
      localhost: host,
      user,
      host,
    }));
    const removals = sides.map((side) => bytes('delete_rosteritem', side));
    return {
      input: { jid1: `${pair[0]}@${host}`, nick1: 'One', jid2: `${pair[1]}@${host}`, nick2: 'Two' },
      calls: [
        ['check_account', 'get_roster'].flatMap((name) => pair.map((user) => bytes(name, { user, host }))),
        sides.map(({ localuser, user }) =>
          bytes('send_stanza', {
            from: `${localuser}@${host}`,
            to: `${user}@${host}`,
            stanza: "<presence type='unsubscribe'/>",
          }),
        ),
        sides.map((side, which) =>
          bytes('add_rosteritem', { ...side, nick: which === 0 ? 'Two' : 'One', groups: [], subs: 'both' }),
        ),
        pair.map((user) => bytes('get_roster', { user, host })),
      ],
      removals,
    };
  });
}

/** Every link once by each of both, in parts that take turns. */
async function throughput(
  links: readonly Link[],
  handler: (event: unknown) => Promise<unknown>,
  byBare: (some: readonly Link[]) => Promise<unknown>,
  unlink: (some: readonly Link[]) => Promise<unknown>,
): Promise<Figure> {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let from = 0; from < links.length; from += RECORDS) {
    const some = links.slice(from, from + RECORDS);
    for (const name of (from / RECORDS) % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
      await unlink(some);
      const started = performance.now();
      await (name === 'ours' ? handler(batchOf(some.map(({ input }) => JSON.stringify(input)))) : byBare(some));
      times[name].push(performance.now() - started);
    }
  }
  const sum = (list: readonly number[]) => list.reduce((total, time) => total + time, 0);
  const rate = (links.length * 1_000) / sum(times.ours);
  const figure = atLeast(
    0.9,
    sum(times.bare) / sum(times.ours),
    `throughput of ${links.length} queued links, compared with that client`,
  );
  return { ...figure, measured: `${figure.measured}, ${rate.toFixed(0)} links/s` };
}

/** One link at a time, of two who have rosters already. */
async function linkCosts(
  { server }: BenchServer,
  handler: (event: unknown) => Promise<unknown>,
  post: (body: Buffer) => Promise<unknown>,
  rosters: readonly number[],
  rounds: number,
): Promise<readonly Figure[]> {
  const { host, command, account } = server;
  const subjects: Record<string, () => Promise<unknown>> = {};
  for (const size of rosters) {
    const [one, two] = [`one${size}`, `two${size}`];
    await Promise.all([one, two].map((user) => server.register(user)));
    await Promise.all([one, two].map((user) => fillRoster(server, user, namesOf('friend', size))));
    let nick = 0;
    const link = () => {
      nick += 1;
      const event = { jid1: `${one}@${host}`, nick1: `Nick ${nick}`, jid2: `${two}@${host}`, nick2: `Nick ${nick}` };
      return handler(event);
    };
    await link();
    subjects[`renewing a link of two with ${size} contacts each`] = link;
    const users = [one, two];
    const reads = ['check_account', 'get_roster'].flatMap((name) =>
      users.map((user) => callBytes(account, name, { user, host })),
    );
    subjects[`the calls of that renewal without a read-back, by a bare client, ${size} contacts each`] = async () => {
      nick += 1;
      await Promise.all(reads.map(post));
      const additions = [users, [two, one]].map(([localuser = '', user = '']) =>
        callBytes(account, 'add_rosteritem', {
          localuser,
          localhost: host,
          user,
          host,
          nick: `Nick ${nick}`,
          groups: [],
          subs: 'both',
        }),
      );
      await Promise.all(additions.map(post));
    };
    subjects[`linking two with ${size} contacts each again`] = async () => {
      await command('delete_rosteritem', { localuser: one, localhost: host, user: two, host });
      await link();
    };
  }
  const times = await interleaved(subjects, { rounds });
  const least = Object.keys(subjects)[0] ?? '';
  return Object.entries(times).map(([what, list]) =>
    shown(what, `${duration(median(list))}, ${ratio(list, times[least] ?? []).toFixed(1)} x that with none`),
  );
}
