import { heldIn, isAtWork, type State } from 'rostbeef-layer';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
} from 'rostbeef-layer/dynamodb';
import type { FreeKeyOptions } from './options.ts';

/** What became of the key, and the state in which the command found it. */
export interface Freed {
  /**
   * - `freed`: the next call with it sends again
   * - `at work`: a call is working on it, so it was not freed
   * - `absent`: the table holds no such key
   * - `looked at`: it could be freed, but this was a dry run
   */
  readonly result: 'freed' | 'at work' | 'absent' | 'looked at';
  readonly state?: State;
  /** When the call that holds the key has or had to be over, in ISO 8601. */
  readonly leaseEnd?: string;
}

/**
 * Frees a key, unless a call is working on it.
 *
 * DynamoDB's clock decides whether the lease is over, because the clock of an operator's machine may be wrong. The record is
 * deleted only if it is still as it was read, so that a call that begins to send in this moment keeps its key.
 *
 * @param client one of the SDK's, for the table's Region
 * @throws the SDK's errors; after one of `DeleteItem` the key may be free
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
    // The answer to our own deletion was lost and the client asked again; else another call has the key.
    if ((await read()) !== undefined) return { result: 'at work', ...found };
  }
  return { result: 'freed', ...found };
}

/**
 * DynamoDB's own clock: the moment of its last answer, rounded down to a second, so that a lease rather looks longer.
 *
 * @returns milliseconds of the epoch; throws if no answer told the time
 */
function clockOf(client: DynamoDBClient): () => number {
  let date: unknown;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { response } = answer;
      const headers =
        typeof response === 'object' && response !== null && 'headers' in response ? response.headers : {};
      if (typeof headers === 'object' && headers !== null && 'date' in headers) date = headers.date;
      return answer;
    },
    { step: 'deserialize', name: 'clockOfDynamoDb' },
  );
  return () => {
    const now = Date.parse(String(date));
    if (Number.isNaN(now)) throw new Error('the answer of DynamoDB has no date, so the lease can not be judged');
    return now;
  };
}
