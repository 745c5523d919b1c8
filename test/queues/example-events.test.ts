/** The event files of the documentation, on their way through queue, function, dead-letter queue and back. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Ajv } from 'ajv';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { catalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from '../../infra/local/embedded/demo.ts';
import { Sandbox } from '../../infra/local/sandbox.ts';
import { detailType, eventSchema } from '../../infra/schemas.ts';
import { built } from '../support/built.ts';
import { bundleOf } from '../support/bundles.ts';
import { type DynamoDb, startDynamoDb } from '../support/dynamodb.ts';
import { startMapping } from './mapping.ts';

interface Entry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

const TABLE = 'keys';
const folder = resolve(import.meta.dirname, '../../docs/events');
const examples: readonly (readonly [string, Entry])[] = readdirSync(folder)
  .filter((name) => /^[a-z]/.test(name))
  .flatMap((name) =>
    JSON.parse(readFileSync(join(folder, name), 'utf8')).map((entry: Entry) => [name, entry] as const),
  );

/** The event that EventBridge makes of an entry. */
function eventOf({ Source, DetailType, Detail }: Entry) {
  return {
    ...{ version: '0', id: randomUUID(), account: '123456789012', region: 'eu-west-1', resources: [] },
    ...{ source: Source, 'detail-type': DetailType, time: '2026-11-26T00:00:00Z', detail: JSON.parse(Detail) },
  };
}

const methodOf = ({ DetailType }: Entry) => catalogue.find((method) => detailType(method) === DetailType);
const entryOf = (name: string): Entry => {
  const [, entry] = examples.find(([file]) => file === name) ?? [];
  if (entry === undefined) throw new Error(`expected the example ${name}`);
  return entry;
};

describe('the example events', () => {
  it.each(examples)('%s matches the schema of its detail type', (_, entry) => {
    const method = methodOf(entry);
    if (method === undefined) throw new Error(`expected a method for ${entry.DetailType}`);
    const { $schema, ...schema } = eventSchema(method);
    const meets = new Ajv({ strict: false }).compile(schema);
    const { source, detail } = eventOf(entry);
    expect(meets({ source, 'detail-type': entry.DetailType, detail }), JSON.stringify(meets.errors)).toBe(true);
    expect(entry.EventBusName).toBe('BUS_ARN');
  });

  it('have a link each on the page', () => {
    const page = readFileSync(resolve(folder, '../events.md'), 'utf8');
    for (const [name] of examples) expect(page).toContain(`](events/${name})`);
  });
});

describe('an example event that is published', () => {
  let sqs: FauxqsServer;
  let client: SQSClient;
  let demo: Awaited<ReturnType<typeof startDemo>>;
  let table: DynamoDb;
  const sandboxes: Sandbox[] = [];
  const mappings: ReturnType<typeof startMapping>[] = [];
  const log: string[] = [];

  beforeAll(async () => {
    [sqs, demo, table] = await Promise.all([
      startFauxqs({ host: '127.0.0.1', port: 0, logger: false }),
      startDemo(),
      startDynamoDb(),
    ]);
    await table.createTable(TABLE);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const endpoint = `http://127.0.0.1:${sqs.port}`;
    client = new SQSClient({ endpoint, region: 'eu-west-1', credentials, useQueueUrlAsEndpoint: false });
  });
  afterAll(async () => {
    await Promise.all(mappings.map((mapping) => mapping.stop()));
    await Promise.all(sandboxes.map((sandbox) => sandbox.stop()));
    client.destroy();
    await Promise.all([sqs.stop(), demo.stop(), table.stop()]);
  });

  /** The queue of a method as the events stack has it, with its function behind it. A message is tried twice. */
  function pathOf(method: string) {
    const dead = sqs.createQueue(`${method}-dead`, { region: 'eu-west-1' });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: 2 });
    const queue = sqs.createQueue(method, { region: 'eu-west-1', attributes: { RedrivePolicy } });
    const environment = {
      EJABBERD_URL: demo.url,
      EJABBERD_IDEMPOTENCY_TABLE: TABLE,
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    const sandbox = new Sandbox({
      ...bundleOf(built(), method),
      name: method,
      environment,
      log: (line) => log.push(line),
    });
    sandboxes.push(sandbox);
    const options = { client, queueUrl: queue.queueUrl, batchSize: 10, visibilitySeconds: 0.2, function: sandbox };
    mappings.push(startMapping(options));
    return { queue, dead };
  }
  const publish = (queueUrl: string, entry: Entry) =>
    client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(eventOf(entry)) }));
  /** Plays a message move task, which the stand-in does not have. */
  const moveBack = async (from: string, to: string) => {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: from }));
    for (const { Body, ReceiptHandle } of Messages) {
      await client.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body }));
      await client.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
    }
  };
  const outcomes = (messageId: string | undefined) =>
    log.flatMap((line) => (line.includes(String(messageId)) ? [JSON.parse(line).outcome] : []));

  it('works, or becomes a dead letter that works when it is sent again after the repair', async () => {
    const { queue, dead } = pathOf('link_contacts');
    const linked = await publish(queue.queueUrl, entryOf('link.json'));
    await expect.poll(() => outcomes(linked.MessageId), { timeout: 10_000 }).toEqual(['ok']);

    const entry = entryOf('link-missing-user.json');
    const failed = await publish(queue.queueUrl, entry);
    await expect
      .poll(() => outcomes(failed.MessageId), { timeout: 10_000 })
      .toEqual(Array(2).fill('ItemNotFoundError'));
    const read = async () => {
      const { Messages: [letter] = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: dead.queueUrl, VisibilityTimeout: 0 }),
      );
      return letter;
    };
    await expect.poll(async () => (await read())?.MessageId, { timeout: 10_000 }).toBe(failed.MessageId);
    expect(JSON.parse(String((await read())?.Body)).detail).toEqual(JSON.parse(entry.Detail));

    demo.state.passwords.set('nobody@example.com', 'secret');
    await moveBack(dead.queueUrl, queue.queueUrl);
    await expect
      .poll(() => log.filter((line) => line.includes('nobody@')).at(-1), { timeout: 10_000 })
      .toContain('"ok"');
    expect(await read()).toBeUndefined();
  });

  it('unlinks, and sends', async () => {
    const unlink = pathOf('unlink_contacts');
    const { MessageId } = await publish(unlink.queue.queueUrl, entryOf('unlink.json'));
    await expect.poll(() => outcomes(MessageId), { timeout: 10_000 }).toEqual(['ok']);
    const send = pathOf('send_stanza');
    const stanza = await publish(send.queue.queueUrl, entryOf('send.json'));
    await expect.poll(() => outcomes(stanza.MessageId), { timeout: 10_000 }).toEqual(['ok']);
    expect(table.calls).toContain('PutItem');
  });
});
