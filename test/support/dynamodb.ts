/** DynamoDB on loopback: dynalite, behind a door that can go wrong in the ways a table does. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { listen } from '../../infra/local/listen.ts';

/**
 * The fate of a request.
 *
 * - `answer`: what a table does
 * - `hang`: nothing is done, nothing is answered
 * - `reset`: nothing is done, and the connection ends
 * - `lose the answer`: it is done, and the connection ends
 * - `throttle`: what DynamoDB says to one request too many
 * - `hold`: it is done and answered when the test calls `release`, also if its client no longer waits
 */
export type Manner = 'answer' | 'hang' | 'reset' | 'lose the answer' | 'throttle' | 'hold';

/** A listening one. */
export interface DynamoDb {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** Each call, by its operation's name, in order. */
  readonly calls: readonly string[];
  /**
   * Decides about every request from now on.
   *
   * @param mannerOf gets the operation's name, and how many requests of that name came since `behave` was called
   */
  behave(mannerOf: (operation: string, count: number) => Manner): void;
  /** How many requests are held. */
  held(): number;
  /** Does what was held, in order, and resolves when all of it is done. */
  release(): Promise<void>;
  /** The items of a table, as plain objects. */
  items(table: string): Promise<readonly Readonly<Record<string, string>>[]>;
  /** Writes an item; all attributes are strings, but those whose names end in `At` are numbers. */
  put(table: string, item: Readonly<Record<string, string>>): Promise<void>;
  /** Sets when the lease of a key's record ends, if there is one, in milliseconds of the epoch. */
  setLeaseEnd(table: string, id: string, leaseEndsAt: number): Promise<void>;
  createTable(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a free port. */
export async function startDynamoDb(): Promise<DynamoDb> {
  const database = dynalite({ createTableMs: 0 });
  const calls: string[] = [];
  const counts = new Map<string, number>();
  const held: (() => Promise<void>)[] = [];
  let mannerOf = (_operation: string, _count: number): Manner => 'answer';

  const manners: Readonly<Record<Manner, (request: IncomingMessage, response: ServerResponse) => void>> = {
    answer: (request, response) => database.emit('request', request, response),
    hang: () => undefined,
    reset: (request) => request.socket.destroy(),
    'lose the answer': (request, response) => {
      response.end = () => {
        request.socket.destroy();
        return response;
      };
      database.emit('request', request, response);
    },
    throttle: (request, response) => {
      request.resume();
      const type = 'com.amazonaws.dynamodb.v20120810#ThrottlingException';
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: type, message: 'slower' }));
    },
    // The body is read at once, because it can't be read when the client has gone.
    hold: (request, response) => {
      const body = text(request);
      held.push(async () => {
        const { host, connection, 'content-length': length, ...headers } = request.headers;
        const answer = await fetch(endpoint, { method: 'POST', headers: plain(headers), body: await body });
        response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(await answer.text());
      });
    },
  };

  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', '');
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    calls.push(operation);
    manners[mannerOf(operation, count)](request, response);
  });
  const url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  // A client of its own way in: what the test asks for neither counts nor goes wrong.
  const direct = createServer((request, response) => void database.emit('request', request, response));
  const endpoint = `http://127.0.0.1:${await listen(direct, 0, '127.0.0.1')}`;
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });

  return {
    url,
    calls,
    behave(decide) {
      counts.clear();
      mannerOf = decide;
    },
    held: () => held.length,
    async release() {
      for (const deliver of held.splice(0)) await deliver();
    },
    async put(TableName, item) {
      const Item = Object.fromEntries(
        Object.entries(item).map(([name, value]) => [name, name.endsWith('At') ? { N: value } : { S: value }]),
      );
      await client.send(new PutItemCommand({ TableName, Item }));
    },
    async setLeaseEnd(TableName, id, leaseEndsAt) {
      const command = new UpdateItemCommand({
        TableName,
        Key: { id: { S: id } },
        UpdateExpression: 'SET leaseEndsAt = :at',
        ConditionExpression: 'attribute_exists(id)',
        ExpressionAttributeValues: { ':at': { N: String(leaseEndsAt) } },
      });
      await client.send(command).catch((error) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    },
    async createTable(TableName) {
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        }),
      );
    },
    async items(TableName) {
      const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
      return Items.map((item) =>
        Object.fromEntries(Object.entries(item).map(([name, { S, N }]) => [name, S ?? N ?? ''])),
      );
    },
    async stop() {
      client.destroy();
      for (const each of [server, direct]) {
        each.closeAllConnections();
        await new Promise((resolve) => each.close(resolve));
      }
    },
  };
}

/** The headers that have one value. */
function plain(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
