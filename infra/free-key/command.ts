/** Frees an idempotency key on the decision of an operator: `npm run free-key -- --help`. */
import { DynamoDBClient } from 'rostbeef-layer/dynamodb';
import { UsageError } from '../command/errors.ts';
import { type Freed, freeKey } from './free.ts';
import { type FreeKeyOptions, readOptions, usage } from './options.ts';

const MESSAGES: Readonly<Record<Freed['result'], string>> = {
  freed: 'the key is free, so the next call with it sends',
  'at work': 'a call is working on the key, so it was not freed; run the command again after its lease',
  absent: 'the table has no such key',
  'looked at': 'the key can be freed; nothing was changed, because this is a dry run',
};

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  const { table, id, by } = options;
  const client = new DynamoDBClient(regionOf(options));
  const freed = await freeKey(client, options);
  // CloudTrail names the principal behind this access key.
  const { accessKeyId } = await client.config.credentials();
  const { result } = freed;
  const line = { timestamp: new Date().toISOString(), action: 'free-key', ...freed, table, id, by, accessKeyId };
  console.log(JSON.stringify({ ...line, message: MESSAGES[result] }));
  return result === 'freed' || result === 'looked at' ? 0 : 1;
}

function regionOf({ table }: FreeKeyOptions): { readonly region?: string } {
  const [, , , region] = table.split(':');
  return region === undefined ? {} : { region };
}

function failureText(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return `The call of DynamoDB failed, so the key may not be free: ${name}: ${message}\nRemove the cause, and run the command again.`;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? `${error.message}\nSee npm run free-key -- --help.` : failureText(error));
    process.exitCode = isUsage ? 2 : 1;
  },
);
