/** `send_stanza` with a table of keys, and clients that count what they receive. */
import type { Sandbox } from '../../infra/local/sandbox.ts';
import type { Bundles } from '../support/bundles.ts';
import { type DynamoDb, startDynamoDb } from '../support/dynamodb.ts';
import { batchOf, type Entrance, entrances, type Seen } from '../support/event-sources.ts';
import { type Settings, startWorld } from '../support/world.ts';
import type { XmppClient, XmppServer } from '../support/xmpp-server.ts';

/** A call of `send_stanza`. */
export interface Input {
  readonly from: string;
  readonly to: string;
  readonly stanza: string;
}

/** The place that the tests of the keys act in. */
export interface KeyedWorld {
  readonly database: DynamoDb;
  /** Starts a process of the function, in which calls queue. */
  process(settings?: Settings): Sandbox;
  /** Logs a client in. `count` tells how often it received the stanza of an input to it. */
  receiver(): Promise<{ readonly input: Input; count(): Promise<number> }>;
  /** Removes the account of a JID, which ends its sessions. */
  unregister(jid: string): Promise<void>;
  stop(): Promise<void>;
}

/** The table's name. */
export const TABLE = 'rostbeef-keys';

/** Starts the function and the table on a server, which stops with them. */
export async function startKeyedWorld(server: XmppServer, bundles: Bundles): Promise<KeyedWorld> {
  const [world, database] = await Promise.all([startWorld(server, bundles), startDynamoDb()]);
  await database.createTable(TABLE);
  const table = { AWS_ENDPOINT_URL_DYNAMODB: database.url, EJABBERD_IDEMPOTENCY_TABLE: TABLE };
  return {
    database,
    process: (settings) => world.start('send_stanza', { ...table, ...settings }),
    async receiver() {
      const { name, login } = await world.user('receiver');
      const client = await login('phone', {});
      const input = { from: `sender@${server.host}`, to: client.jid, stanza: messageOf(name) };
      return { input, count: () => countAt(client, server, name) };
    },
    unregister: (jid) => server.unregister(jid.slice(0, jid.indexOf('@'))),
    async stop() {
      await world.stop();
      await database.stop();
    },
  };
}

const messageOf = (id: string) => `<message id="${id}"><body>canary</body></message>`;

let lasts = 0;
/** Stanzas arrive in the order in which they are sent (RFC 6120 section 10.1). */
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
  /** The path of an issue about the key. */
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
