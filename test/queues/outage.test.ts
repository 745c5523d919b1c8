/** SQS itself is a server of its own here, with the settings of the synthesized queues. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { templatesOf, WITH_EVENTS } from '../infra/synthesize.ts';
import { type CuttingProxy, startCuttingProxy } from '../soak/cutting-proxy.ts';
import { built } from '../support/built.ts';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { startWorld, type World } from '../support/world.ts';
import { startMapping } from './mapping.ts';

/** All seconds are divided by it; counts stay. */
const FACTOR = 1500;
const OUTAGE_SECONDS = 6 * 3600;
/** It cuts no connection in the life of a test. */
const NEVER_MS = 1e8;
const PAIRS = 10;

const { events } = templatesOf({ ...WITH_EVENTS, ejabberdUrl: 'https://xmpp.internal:5443/xmlrpc' });

const [settings] = Object.entries(events.findResources('AWS::SQS::Queue'))
  .filter(([id]) => /^EventsLinkContacts[0-9A-F]{8}$/.test(id))
  .map(([, { Properties }]) => Properties);
const [mappingSettings] = Object.values(events.findResources('AWS::Lambda::EventSourceMapping')).map(
  ({ Properties }) => Properties,
);
const visibilitySeconds: number = settings?.VisibilityTimeout;
const maxReceiveCount: number = settings?.RedrivePolicy.maxReceiveCount;

await describeEjabberd('24.12', 'the queue of links, while ejabberd is away for six hours,', (root) => {
  let world: World<RealEjabberd>;
  let server: RealEjabberd;
  let proxy: CuttingProxy;
  let sqs: FauxqsServer;
  let client: SQSClient;

  beforeAll(async () => {
    [server, sqs] = await Promise.all([
      startRealEjabberd(root),
      startFauxqs({ host: '127.0.0.1', port: 0, logger: false }),
    ]);
    world = await startWorld(server, built());
    proxy = await startCuttingProxy(new URL(server.url), NEVER_MS);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const endpoint = `http://127.0.0.1:${sqs.port}`;
    client = new SQSClient({ endpoint, region: 'eu-west-1', credentials, useQueueUrlAsEndpoint: false });
    for (let index = 0; index < 2 * PAIRS; index++) await server.register(`user${index}`);
  });
  afterAll(async () => {
    client.destroy();
    await Promise.all([sqs.stop(), proxy.stop(), world.stop()]);
  });

  const jid = (index: number) => `user${index}@${server.host}`;
  const link = (pair: number) => ({ jid1: jid(2 * pair), nick1: 'a', jid2: jid(2 * pair + 1), nick2: 'b' });

  /** A queue with a dead-letter queue and a function behind it. */
  async function queueOf(name: string, receives: number) {
    const deadLetters = sqs.createQueue(`${name}-dead`, { region: 'eu-west-1' });
    const queue = sqs.createQueue(name, {
      region: 'eu-west-1',
      attributes: {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.queueArn, maxReceiveCount: receives }),
      },
    });
    const mapping = startMapping({
      client,
      queueUrl: queue.queueUrl,
      function: world.start('link_contacts', { EJABBERD_URL: proxy.url }),
      batchSize: mappingSettings?.BatchSize,
      visibilitySeconds: visibilitySeconds / FACTOR,
    });
    const count = (of: string) => {
      const { ready = [], delayed = [], inflight = [] } = sqs.inspectQueue(of)?.messages ?? {};
      return ready.length + delayed.length + inflight.length;
    };
    return {
      mapping,
      send: async (body: unknown) =>
        (await client.send(new SendMessageCommand({ QueueUrl: queue.queueUrl, MessageBody: JSON.stringify(body) })))
          .MessageId,
      waiting: () => count(name),
      dead: () => count(`${name}-dead`),
    };
  }

  it.concurrent('loses nothing, while a queue with five receives loses everything', { timeout: 120_000 }, async () => {
    const queue = await queueOf('links', maxReceiveCount);
    const impatient = await queueOf('impatient', 5);
    proxy.refuse();
    for (let pair = 0; pair < PAIRS; pair++) {
      await queue.send(link(pair));
      await impatient.send(link(pair));
    }
    await sleep((OUTAGE_SECONDS / FACTOR) * 1000);
    expect(impatient.dead()).toBe(PAIRS);
    expect({ waiting: queue.waiting(), dead: queue.dead() }).toEqual({ waiting: PAIRS, dead: 0 });

    await proxy.accept();
    await expect.poll(queue.waiting, { timeout: 30_000 }).toBe(0);
    await Promise.all([queue.mapping.stop(), impatient.mapping.stop()]);
    expect(queue.dead()).toBe(0);
    const counts = [...queue.mapping.receives.values()];
    console.log(`received ${Math.min(...counts)} to ${Math.max(...counts)} times of at most ${maxReceiveCount}`);
    expect(Math.min(...counts)).toBeGreaterThan(5);
    for (let index = 0; index < 2 * PAIRS; index++) {
      const roster = await server.command('get_roster', { user: `user${index}`, server: server.host });
      expect(JSON.stringify(roster), jid(index)).toContain(jid(index % 2 === 0 ? index + 1 : index - 1));
    }
  });

  it.concurrent('logs a message that can never succeed at its first receive, and gives it up after the last', {
    timeout: 120_000,
  }, async () => {
    const queue = await queueOf('poison', maxReceiveCount);
    const id = await queue.send({ jid1: 'no jid', nick1: 'a', jid2: jid(1), nick2: 'b' });
    const ofMessage = () => world.log.filter((line) => line.includes(String(id))).map((line) => JSON.parse(line));
    await expect.poll(() => ofMessage().length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(ofMessage()[0]).toMatchObject({ receives: 1, PoisonMessages: 1, outcome: 'JidMalformedError' });
    await expect.poll(queue.dead, { timeout: 90_000 }).toBe(1);
    await queue.mapping.stop();
    expect(ofMessage().at(-1)).toMatchObject({ receives: maxReceiveCount, PoisonMessages: 1 });
  });
});
