/** How many calls a second ejabberd and the functions take, by how many run at once; and from that, what a load costs. */
import { logIn } from './crowd.ts';
import { median } from './measure.ts';
import { onServer } from './server.ts';
import { bareClient, callBytes, warmHandler, withQuietLog } from './subjects.ts';
import { type Bench, type Curve, duration, type Figure, shown } from './table.ts';

const SIZES = { full: { parallel: [1, 2, 5, 10, 20, 50], ms: 1_500 }, tiny: { parallel: [1, 2], ms: 30 } } as const;

/** US dollars, eu-west-1, arm64, November 2026: https://aws.amazon.com/lambda/pricing/ and the services' own pages. */
const PRICES = {
  gigabyteSecond: 0.0000133334,
  request: 0.2e-6,
  api: 3.5e-6,
  event: 1e-6,
  message: 0.4e-6,
  logged: 0.57e-9,
};
const GIGABYTES = 0.5;
const LOG_BYTES = 700;

/** A network between the function and ejabberd has this on top of loopback: two zones of one region. */
const NETWORK_MS = 1;

/** Calls a second that an installation starts from. */
const BASE_RATE = 10;

export const bench: Bench = {
  name: 'scale',
  title: 'Scale',
  run: (scale) =>
    withQuietLog(() =>
      onServer(scale, '24.12', async (there) => {
        const { parallel, ms } = SIZES[scale];
        const { server, endpoints, settingsOf } = there;
        await server.register('alice');
        await logIn(there, ['alice']);
        const endpoint = endpoints['plain'] ?? { url: new URL(server.url), ca: undefined };
        const event = { user: 'alice', server: server.host };
        const { post, close } = bareClient(endpoint.url, undefined, Math.max(...parallel));
        const body = callBytes(server.account, 'user_sessions_info', { user: 'alice', host: server.host });
        const settings = { ...settingsOf(endpoint), EJABBERD_MAX_CONNECTIONS: String(Math.max(...parallel)) };
        const handler = await warmHandler('get_presence', settings, event);
        const subjects = { 'bare client': () => post(body), 'these functions': () => handler(event) };

        const rates: Record<string, [number, number][]> = {};
        const latencies: Record<string, [number, number][]> = {};
        for (const count of parallel) {
          for (const [name, call] of Object.entries(subjects)) {
            const times = await load(call, count, ms);
            rates[name] = [...(rates[name] ?? []), [count, (times.length * 1_000) / ms]];
            latencies[name] = [...(latencies[name] ?? []), [count, median(times)]];
          }
        }
        close();
        const ceiling = Math.max(...(rates['bare client'] ?? []).map(([, rate]) => rate));
        const one = latencies['these functions']?.[0]?.[1] ?? Number.NaN;
        const x = 'calls at a time';
        const curves: Curve[] = [
          {
            file: 'concurrency',
            title: 'get_presence by concurrency, one process',
            x,
            y: 'calls a second',
            lines: rates,
          },
          {
            file: 'concurrency-latency',
            title: 'get_presence by concurrency, one process',
            x,
            y: 'ms, p50',
            lines: latencies,
          },
        ];
        return { figures: onPaper(ceiling, one + NETWORK_MS), curves };
      }),
    ),
};

/** The time of each call of so many loops that run for so long. */
async function load(call: () => Promise<unknown>, parallel: number, ms: number): Promise<readonly number[]> {
  const times: number[] = [];
  const end = performance.now() + ms;
  const loop = async () => {
    while (performance.now() < end) {
      const started = performance.now();
      await call();
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: parallel }, loop));
  return times;
}

function onPaper(ceiling: number, callMs: number): readonly Figure[] {
  const billed = Math.ceil(callMs);
  const lambda = PRICES.request + (billed / 1_000) * GIGABYTES * PRICES.gigabyteSecond + LOG_BYTES * PRICES.logged;
  // A batch is one invocation, and takes at most what its records take one after the other.
  const inBatch =
    PRICES.request / 10 + (callMs / 1_000) * GIGABYTES * PRICES.gigabyteSecond + LOG_BYTES * PRICES.logged;
  // A message is sent by itself, and received and deleted with nine others.
  const queued = inBatch + PRICES.message * (1 + 0.1 + 0.1);
  const dollars = (each: number) => `$${(each * 1e6).toFixed(2)}`;
  return [
    shown('calls a second that ejabberd takes, two processors shared with its client', ceiling.toFixed(0)),
    shown(`a call in a function, with ${NETWORK_MS} ms of network`, duration(callMs)),
    ...[1, 10, 100, 1_000].map((times) => {
      const rate = BASE_RATE * times;
      const concurrency = Math.ceil((rate * callMs) / 1_000);
      return shown(
        `${rate} calls a second`,
        `${concurrency} at a time, ${((100 * rate) / ceiling).toFixed(0)} % of that ejabberd`,
      );
    }),
    shown('a million calls: direct', dollars(lambda)),
    shown('a million calls: HTTP, REST API', dollars(lambda + PRICES.api)),
    shown('a million calls: SQS, ten a batch', dollars(queued)),
    shown('a million calls: EventBridge and SQS', dollars(PRICES.event + queued)),
  ];
}
