/** DynamoDB on loopback: dynalite, behind a door that can go wrong in the ways a table does. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { listen } from '../../infra/local/listen.ts';

/**
 * What becomes of a request.
 *
 * - `answer`: what a table does
 * - `hang`: nothing is done, nothing is answered
 * - `reset`: nothing is done, and the connection ends
 * - `lose the answer`: it is done, and the connection ends
 * - `throttle`: what DynamoDB says to one request too many
 */
export type Manner = 'answer' | 'hang' | 'reset' | 'lose the answer' | 'throttle';

/** A listening one. */
export interface DynamoDb {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** Each call, by its operation's name, in order. */
  readonly calls: readonly string[];
  /** Decides about every request from now on, by its operation's name. */
  behave(mannerOf: (operation: string) => Manner): void;
  /** The items of a table, as plain objects. */
  items(table: string): Promise<readonly Readonly<Record<string, string>>[]>;
  createTable(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a free port. */
export async function startDynamoDb(): Promise<DynamoDb> {
  const database = dynalite({ createTableMs: 0 });
  const calls: string[] = [];
  let mannerOf = (_operation: string): Manner => 'answer';

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
  };

  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', '');
    calls.push(operation);
    manners[mannerOf(operation)](request, response);
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
      mannerOf = decide;
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
