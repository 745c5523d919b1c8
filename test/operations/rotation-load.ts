/** Callers that never pause: several methods, in several containers each, until they are told to stop. */
import type { Built } from '../../infra/build.ts';
import { type Gateway, startGateway } from '../../infra/local/gateway.ts';
import type { RealEjabberd } from '../support/ejabberd/real-ejabberd.ts';

/** The responses that the callers got. */
export interface Load {
  /** Milliseconds of each call. */
  readonly durations: readonly number[];
  /** Every answer that was none. */
  readonly failures: readonly string[];
  /** Adds a gateway: a container a method, all of them cold. */
  addGateway(): Promise<void>;
  /** Lets the calls under way end. */
  stop(): Promise<void>;
}

const RECORDS = 10;

/** Starts it on a gateway. */
export async function startLoad(
  server: RealEjabberd,
  functions: Built['functions'],
  environment: Readonly<Record<string, string>>,
): Promise<Load> {
  await Promise.all(['ann', 'ben'].map((user) => server.register(user)));
  const [ann, ben] = [`ann@${server.host}`, `ben@${server.host}`];
  const reading = { user: 'ann', server: server.host };
  const record = (_: unknown, index: number) => ({
    messageId: String(index),
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:queue',
    body: JSON.stringify(reading),
  });
  const requests: readonly (readonly [path: string, input: object])[] = [
    ['get_presence', reading],
    ['get_roster', reading],
    ['get_roster_with_presence', reading],
    ['link_contacts', { jid1: ann, nick1: 'Ann', jid2: ben, nick2: 'Ben' }],
    ['send_stanza', { from: ann, to: ben, stanza: '<presence/>' }],
    ['2015-03-31/functions/get_resources/invocations', { Records: Array.from({ length: RECORDS }, record) }],
  ];

  const durations: number[] = [];
  const failures: string[] = [];
  const gateways: Gateway[] = [];
  const callers: Promise<void>[] = [];
  let stopped = false;

  const call = async (gateway: Gateway, path: string, input: object): Promise<void> => {
    const started = performance.now();
    const response = await fetch(`${gateway.url}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    const text = await response.text();
    const isAnswer = response.status === 200 && !response.headers.has('x-amz-function-error');
    if (!isAnswer || text.includes('itemIdentifier')) failures.push(`${path} ${response.status} ${text}`);
    durations.push(performance.now() - started);
  };
  const addGateway = async () => {
    const gateway = await startGateway({ port: 0, functions, environment });
    gateways.push(gateway);
    for (const [path, input] of requests) {
      callers.push(
        (async () => {
          while (!stopped) await call(gateway, path, input);
        })(),
      );
    }
  };
  await addGateway();
  return {
    durations,
    failures,
    addGateway,
    async stop() {
      stopped = true;
      await Promise.all(callers);
      await Promise.all(gateways.map((gateway) => gateway.stop()));
    },
  };
}
