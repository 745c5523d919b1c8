import { heldIn, isAtWork, type State } from 'rostbeef-layer';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
} from 'rostbeef-layer/dynamodb';
import type { FreeKeyOptions } from './options.ts';

/** The outcome of the command, and the state of the key before it. */
export interface Freed {
  /**
   * - `freed`: the next call with the key sends again
   * - `at work`: a call is working on the key, so it was not freed
   * - `absent`: the table has no such key
   * - `looked at`: the key can be freed, but this was a dry run
   */
  readonly result: 'freed' | 'at work' | 'absent' | 'looked at';
  readonly state?: State;
  /** When the lease of the call that holds the key ends, in ISO 8601. */
  readonly leaseEnd?: string;
}

/**
 * Frees a key, unless a call is working on it.
 *
 * DynamoDB’s clock decides whether the lease has ended, because the operator’s clock may be wrong. The record is deleted only
 * if it has not changed since it was read, so that a call that begins to send at this moment keeps its key.
 *
 * @param client an SDK client for the table’s Region
 * @param options the table, the id of the key’s record, and whether this is a dry run
 * @throws the SDK’s errors. After an error of `DeleteItem` the key may be free
 * @example
 * await freeKey(client, { table: 'keys', id, dryRun: false }) // { result: 'freed', state: 'unknown', leaseEnd: '2026-…' }
 */
export async function freeKey(
  client: DynamoDBClient,
  { table: TableName, id, dryRun }: Pick<FreeKeyOptions, 'table' | 'id' | 'dryRun'>,
): Promise<Freed> {
  const Key = { id: { S: id } };
  const now = clockOf(client);
  const read = async () => (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
  const item = await read();
  if (item === undefined) return { result: 'absent' };
  const { attempt, state, leaseEndsAt } = heldIn(item);
  const found = { state, leaseEnd: new Date(leaseEndsAt).toISOString() };
  if (isAtWork({ state, leaseEndsAt }, now())) return { result: 'at work', ...found };
  if (dryRun) return { result: 'looked at', ...found };
  try {
    const { outcome = { S: '' } } = item;
    await client.send(
      new DeleteItemCommand({
        TableName,
        Key,
        ConditionExpression: 'attempt = :attempt AND outcome = :outcome',
        ExpressionAttributeValues: { ':attempt': { S: attempt }, ':outcome': outcome },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // If the record is gone, the SDK lost the response and retried. Otherwise another call has the key.
    if ((await read()) !== undefined) return { result: 'at work', ...found };
  }
  return { result: 'freed', ...found };
}

/**
 * Reads DynamoDB’s clock from its last response. It is rounded down to a second, so that a lease never looks shorter.
 *
 * @returns a function that returns milliseconds since the epoch, and throws if the response had no date
 */
function clockOf(client: DynamoDBClient): () => number {
  let date: unknown;
  client.middlewareStack.add(
    (next) => async (args) => {
      const output = await next(args);
      const { response } = output;
      const headers =
        typeof response === 'object' && response !== null && 'headers' in response ? response.headers : {};
      if (typeof headers === 'object' && headers !== null && 'date' in headers) date = headers.date;
      return output;
    },
    { step: 'deserialize', name: 'clockOfDynamoDb' },
  );
  return () => {
    const now = Date.parse(String(date));
    if (Number.isNaN(now))
      throw new Error('expected a date in DynamoDB’s response: without it the lease can’t be checked');
    return now;
  };
}
