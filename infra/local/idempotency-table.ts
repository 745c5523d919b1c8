/** The table of idempotency keys for `npm start -- --idempotency`: DynamoDB in memory, on loopback. */
import { createServer } from 'node:http';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { listen } from './listen.ts';

/** A table that lasts as long as this process. */
export interface IdempotencyTable {
  /** The environment variables that lead the functions to the table. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const NAME = 'rostbeef-idempotency';

/** Any will do: nothing leaves this machine. */
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Starts DynamoDB on a free port, and creates the table. */
export async function startIdempotencyTable(): Promise<IdempotencyTable> {
  const database = dynalite({ createTableMs: 0 });
  const server = createServer((request, response) => void database.emit('request', request, response));
  const endpoint = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials: CREDENTIALS });
  await client.send(
    new CreateTableCommand({
      TableName: NAME,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
  client.destroy();
  return {
    environment: {
      EJABBERD_IDEMPOTENCY_TABLE: NAME,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
