/** The table that keeps the keys, in DynamoDB. */

import { IdempotencyStoreUnavailableError, type RostbeefError } from '../errors/index.ts';
import { AWS_CLIENT_LIMITS } from '../shared/aws-client.ts';
import { describeAwsFailure } from '../shared/aws-failure.ts';
import { unlessAborted } from '../shared/deadline.ts';
import { type Claim, claimItem, type Held, heldIn, type State } from './record.ts';

/**
 * The table. Each method throws `IdempotencyStoreUnavailableError` if the table can't be asked. The write may have been
 * done all the same, or may be done later.
 *
 * The SDK repeats a request once if its answer is lost. A claim that was done by the first request is then refused, and
 * {@link Table.read} finds it. Every other write may be done twice.
 */
export interface Table {
  /** Claims a key that is free, and resolves to whether it did. The claim of an attempt that ended unsent counts as free. */
  claim(claim: Claim, signal: AbortSignal): Promise<boolean>;
  /** The key's record; `undefined` if there is no record. */
  read(id: string, signal: AbortSignal): Promise<Held | undefined>;
  /** Writes that the claim's stanza is now sent, and resolves to whether the claim still held the key. */
  beginSending(claim: Claim, signal: AbortSignal): Promise<boolean>;
  /** Keeps the outcome of a claim. */
  keep(claim: Claim, outcome: 'sent' | 'unknown', signal: AbortSignal): Promise<void>;
  /** Deletes a claim, because nothing was sent. */
  free(claim: Claim, signal: AbortSignal): Promise<void>;
}

const ENDPOINT_ADVICE =
  'the function’s VPC needs a gateway endpoint com.amazonaws.<region>.dynamodb that its security group may reach, or a NAT';

/**
 * The table in DynamoDB: its key is the string `id`, its time-to-live attribute `expiresAt`.
 *
 * @param TableName its name or ARN
 */
export function dynamoDbTable(TableName: string): Table {
  const loading = load();
  const ask = async <T>(operation: string, signal: AbortSignal, call: (tools: Tools) => Promise<T>): Promise<T> => {
    try {
      return await unlessAborted(loading.then(call), signal, () => new TooLate());
    } catch (error) {
      throw unavailable(error, operation, await loading);
    }
  };
  /** Whether a conditional write was done. */
  const isDone = (answer: Promise<unknown>, { sdk }: Tools): Promise<boolean> =>
    answer.then(
      () => true,
      (error) => {
        if (error instanceof sdk.ConditionalCheckFailedException) return false;
        throw error;
      },
    );
  /** Sets the state of a key's record under a condition. */
  const update = (id: string, state: State, condition: Condition, signal: AbortSignal): Promise<boolean> =>
    ask('UpdateItem', signal, (tools) => {
      const command = new tools.sdk.UpdateItemCommand({
        TableName,
        Key: { id: { S: id } },
        UpdateExpression: 'SET outcome = :outcome',
        ConditionExpression: condition.ConditionExpression,
        ExpressionAttributeValues: { ...condition.ExpressionAttributeValues, ':outcome': { S: state } },
      });
      return isDone(tools.client.send(command, { abortSignal: signal }), tools);
    });

  return {
    claim: (claim, signal) =>
      ask('PutItem', signal, (tools) => {
        const command = new tools.sdk.PutItemCommand({ TableName, Item: claimItem(claim), ...isFree(Date.now()) });
        return isDone(tools.client.send(command, { abortSignal: signal }), tools);
      }),

    read: (id, signal) =>
      ask('GetItem', signal, async ({ sdk, client }) => {
        const command = new sdk.GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true });
        const { Item } = await client.send(command, { abortSignal: signal });
        return Item && heldIn(Item);
      }),

    beginSending: ({ id, attempt }, signal) => update(id, 'sending', isOwnAndUnsettled(attempt), signal),

    keep: async ({ id, attempt }, outcome, signal) => {
      await update(id, outcome, isOwn(attempt), signal);
    },

    free: ({ id, attempt }, signal) =>
      ask('DeleteItem', signal, async (tools) => {
        const command = new tools.sdk.DeleteItemCommand({ TableName, Key: { id: { S: id } }, ...isOwn(attempt) });
        await isDone(tools.client.send(command, { abortSignal: signal }), tools);
      }),
  };
}

/** What a write demands of the record. DynamoDB checks it and writes in one step. */
interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: Record<string, { readonly S: string } | { readonly N: string }>;
}

/** The key has no record, an old one, or the claim of an attempt that ended before it began to send. */
function isFree(nowMs: number): Condition {
  return {
    ConditionExpression:
      'attribute_not_exists(id) OR expiresAt <= :now OR (outcome = :claimed AND leaseEndsAt <= :nowMs)',
    ExpressionAttributeValues: {
      ':now': { N: String(Math.floor(nowMs / 1000)) },
      ':nowMs': { N: String(nowMs) },
      ':claimed': { S: 'claimed' },
    },
  };
}

function isOwn(attempt: string): Condition {
  return { ConditionExpression: 'attempt = :attempt', ExpressionAttributeValues: { ':attempt': { S: attempt } } };
}

/** It holds again if the update is repeated because its answer was lost, and no longer for one that comes after the outcome. */
function isOwnAndUnsettled(attempt: string): Condition {
  const { ConditionExpression, ExpressionAttributeValues } = isOwn(attempt);
  return {
    ConditionExpression: `${ConditionExpression} AND outcome IN (:claimed, :sending)`,
    ExpressionAttributeValues: {
      ...ExpressionAttributeValues,
      ':claimed': { S: 'claimed' },
      ':sending': { S: 'sending' },
    },
  };
}

type Tools = Awaited<ReturnType<typeof load>>;

async function load() {
  const sdk = await import('rostbeef-layer/dynamodb');
  const client = new sdk.DynamoDBClient(AWS_CLIENT_LIMITS);
  return { sdk, client };
}

/** Called as the SDK calls its own timeouts. */
class TooLate extends Error {
  override readonly name = 'TimeoutError';
}

function unavailable(cause: unknown, operation: string, { sdk }: Tools): RostbeefError {
  const call = { service: 'DynamoDB', operation, permission: `dynamodb:${operation} on it`, advice: ENDPOINT_ADVICE };
  const detail =
    cause instanceof sdk.ResourceNotFoundException
      ? 'EJABBERD_IDEMPOTENCY_TABLE names no table here'
      : describeAwsFailure(cause, call);
  return new IdempotencyStoreUnavailableError({ detail, cause });
}
