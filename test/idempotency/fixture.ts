/** `send_stanza`, bundled, between a server, a secret and a table. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Built, build } from '../../infra/build.ts';
import { Sandbox } from '../../infra/local/sandbox.ts';
import { type DynamoDb, startDynamoDb } from '../support/dynamodb.ts';
import { batchOf, type Entrance, entrances, type Seen } from '../support/event-sources.ts';
import { functionSettings } from '../support/function-settings.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import type { XmppClient, XmppServer } from '../support/xmpp-server.ts';

/** A call of `send_stanza`. */
export interface Input {
  readonly from: string;
  readonly to: string;
  readonly stanza: string;
}

/** Everything that a test of the keys needs. */
export interface World {
  readonly database: DynamoDb;
  /** A process of the function of its own, in which calls queue. */
  process(settings?: Record<string, string>): Sandbox;
  /** A client that is online, and how often it got the stanza of an input to it. */
  receiver(): Promise<{ readonly input: Input; count(): Promise<number> }>;
  /** Removes the account of a JID, which ends its sessions. */
  unregister(jid: string): Promise<void>;
  stop(): Promise<void>;
}

/** The table's name. */
export const TABLE = 'rostbeef-keys';

/** Starts it on a server, which ends with it. */
export async function startWorld(server: XmppServer): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-keys-'));
  const [built, secrets, database]: [Built, SecretsManager, DynamoDb] = await Promise.all([
    build(folder),
    startSecretsManager(),
    startDynamoDb(),
  ]);
  await database.createTable(TABLE);
  secrets.set('secret', 'AWSCURRENT', server.account);
  const processes: Sandbox[] = [];
  let receivers = 0;
  return {
    database,
    process(settings = {}) {
      const bundle = built.functions['send_stanza'];
      if (bundle === undefined) throw new Error('there is no send_stanza');
      const environment = {
        ...functionSettings(server, secrets, 'secret'),
        AWS_ENDPOINT_URL_DYNAMODB: database.url,
        EJABBERD_IDEMPOTENCY_TABLE: TABLE,
        ...settings,
      };
      const sandbox = new Sandbox({ ...bundle, name: 'send_stanza', environment });
      processes.push(sandbox);
      return sandbox;
    },
    async receiver() {
      receivers += 1;
      const user = `receiver${receivers}`;
      await server.register(user);
      const client = await server.connect(user, 'phone', {});
      const input = { from: `sender@${server.host}`, to: client.jid, stanza: messageOf(user) };
      return { input, count: () => countAt(client, server, user) };
    },
    unregister: (jid) => server.unregister(jid.slice(0, jid.indexOf('@'))),
    async stop() {
      await Promise.all(processes.map((each) => each.stop()));
      await Promise.all([database.stop(), secrets.stop(), server.stop(), rm(folder, { recursive: true })]);
    },
  };
}

const messageOf = (id: string) => `<message id="${id}"><body>canary</body></message>`;

let lasts = 0;
/** What is sent last comes last (RFC 6120 section 10.1). */
async function countAt(client: XmppClient, { host, command }: XmppServer, user: string): Promise<number> {
  lasts += 1;
  const id = `last${lasts}`;
  await command('send_stanza', { from: `harness@${host}`, to: client.jid, stanza: messageOf(id) });
  await client.waitFor((stanza) => stanza.attrs['id'] === id);
  return client.received.filter((stanza) => stanza.attrs['id'] === user).length;
}

/** An input through a door, with what that door knows it by. */
export interface KeyedEntrance {
  readonly name: string;
  /** What an issue about the key is called. */
  readonly path: string;
  event(input: Input, key: string): unknown;
  seen: Entrance['seen'];
}

const changed = (event: unknown, change: object): object => ({ ...Object(event), ...change });

const keyed: Readonly<
  Record<string, Pick<KeyedEntrance, 'path'> & { add(entrance: Entrance, input: Input, key: string): unknown }>
> = {
  'HTTP, of a REST API': {
    path: 'Idempotency-Key',
    add: (entrance, input, key) => changed(entrance.event(input), { headers: { 'Idempotency-Key': `"${key}"` } }),
  },
  'HTTP, of an HTTP API': {
    path: 'Idempotency-Key',
    add: (entrance, input, key) => changed(entrance.event(input), { headers: { 'idempotency-key': key } }),
  },
  direct: {
    path: 'idempotencyKey',
    add: (entrance, input, idempotencyKey) => entrance.event({ ...input, idempotencyKey }),
  },
  EventBridge: { path: 'event id', add: (entrance, input, id) => changed(entrance.event(input), { id }) },
  SQS: { path: 'messageId', add: (_, input, messageId) => batchOf([JSON.stringify(input)], undefined, [messageId]) },
  'SQS, from EventBridge': {
    path: 'event id',
    add: (_, detail, id) =>
      batchOf([JSON.stringify({ 'detail-type': 'SendStanza', source: 'my.app', id, detail })], undefined, [
        `of ${id} ${Math.random()}`,
      ]),
  },
  'SQS, from SNS': {
    path: 'messageId',
    add: (_, input, MessageId) => {
      const notification = { Type: 'Notification', MessageId, TopicArn: 'arn:aws:sns:eu-west-1:123456789012:topic' };
      const body = JSON.stringify({ ...notification, Message: JSON.stringify(input) });
      return batchOf([body], undefined, [`of ${MessageId} ${Math.random()}`]);
    },
  },
};

/** All doors, with their keys. */
export const keyedEntrances: readonly KeyedEntrance[] = entrances.map((entrance) => {
  const way = keyed[entrance.name];
  if (way === undefined) throw new Error(`no key for ${entrance.name}`);
  return {
    name: entrance.name,
    path: way.path,
    event: (input, key) => way.add(entrance, input, key),
    seen: entrance.seen,
  };
});

/** Whether an outcome is a success, at whichever door. */
export function isSuccess({ error, status = 200 }: Seen): boolean {
  return error === undefined && status === 200;
}
