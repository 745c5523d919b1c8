/** Keeps the records of idempotency keys in DynamoDB. */

import { IdempotencyStoreUnavailableError, type RostbeefError } from '../errors/index.ts';
import { AWS_CLIENT_LIMITS } from '../shared/aws-client.ts';
import { describeAwsFailure } from '../shared/aws-failure.ts';
import { type Deadline, unlessEnded } from '../shared/deadline.ts';
import { type Claim, claimItem, type Held, heldIn, type State } from './record.ts';

/**
 * The table of idempotency keys. Each method throws `IdempotencyStoreUnavailableError` if the table is unavailable. The write
 * may then have been done, or may be done later.
 *
 * The SDK repeats a request once if its response is lost. If the first request made the claim, the second is refused, and
 * {@link Table.read} finds the claim. All other writes have the same effect when they are repeated.
 */
export interface Table {
  /** Claims a key if it is free or abandoned (`isAbandoned`). Resolves to whether it did. */
  claim(claim: Claim, deadline: Deadline): Promise<boolean>;
  /** Returns the record of a key; `undefined` for a free key. */
  read(id: string, deadline: Deadline): Promise<Held | undefined>;
  /** Marks the claim as `sending`. Resolves to whether the claim still held the key. */
  beginSending(claim: Claim, deadline: Deadline): Promise<boolean>;
  /** Records the outcome of a claim. */
  keep(claim: Claim, outcome: 'sent' | 'unknown', deadline: Deadline): Promise<void>;
  /** Deletes a claim after which nothing was sent. */
  free(claim: Claim, deadline: Deadline): Promise<void>;
}

const ENDPOINT_ADVICE =
  'the function’s VPC needs a gateway endpoint com.amazonaws.<region>.dynamodb that its security group may reach, or a NAT';

/**
 * Opens a DynamoDB table with the partition key `id`, a string, and the time-to-live attribute `expiresAt`.
 *
 * @param TableName the name or ARN of the table
 * @example
 * dynamoDbTable('rostbeef-keys')
 */
export function dynamoDbTable(TableName: string): Table {
  const loading = load();
  const ask = async <T>(operation: string, deadline: Deadline, call: (tools: Tools) => Promise<T>): Promise<T> => {
    try {
      return await unlessEnded(loading.then(call), deadline, () => new DeadlineError());
    } catch (error) {
      throw unavailable(error, operation, await loading);
    }
  };
  /** Makes a conditional write, and resolves to `true` if the condition held. */
  const isDone = (answer: Promise<unknown>, { sdk }: Tools): Promise<boolean> =>
    answer.then(
      () => true,
      (error) => {
        if (error instanceof sdk.ConditionalCheckFailedException) return false;
        throw error;
      },
    );
  /** Sets the state of a key's record under a condition. */
  const update = (id: string, state: State, condition: Condition, deadline: Deadline): Promise<boolean> =>
    ask('UpdateItem', deadline, (tools) => {
      const command = new tools.sdk.UpdateItemCommand({
        TableName,
        Key: { id: { S: id } },
        UpdateExpression: 'SET outcome = :outcome',
        ConditionExpression: condition.ConditionExpression,
        ExpressionAttributeValues: { ...condition.ExpressionAttributeValues, ':outcome': { S: state } },
      });
      return isDone(tools.client.send(command, { abortSignal: deadline.signal }), tools);
    });

  return {
    claim: (claim, deadline) =>
      ask('PutItem', deadline, (tools) => {
        const command = new tools.sdk.PutItemCommand({ TableName, Item: claimItem(claim), ...isFree(Date.now()) });
        return isDone(tools.client.send(command, { abortSignal: deadline.signal }), tools);
      }),

    read: (id, deadline) =>
      ask('GetItem', deadline, async ({ sdk, client }) => {
        const command = new sdk.GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true });
        const { Item } = await client.send(command, { abortSignal: deadline.signal });
        return Item && heldIn(Item);
      }),

    beginSending: ({ id, attempt }, deadline) => update(id, 'sending', isOwnAndUnsettled(attempt), deadline),

    keep: async ({ id, attempt }, outcome, deadline) => {
      await update(id, outcome, isOwn(attempt), deadline);
    },

    free: ({ id, attempt }, deadline) =>
      ask('DeleteItem', deadline, async (tools) => {
        const command = new tools.sdk.DeleteItemCommand({ TableName, Key: { id: { S: id } }, ...isOwn(attempt) });
        await isDone(tools.client.send(command, { abortSignal: deadline.signal }), tools);
      }),
  };
}

/** The condition of a write. DynamoDB checks it and writes in one atomic step. */
interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: Record<string, { readonly S: string } | { readonly N: string }>;
}

/** The key has no record, an expired one, or an abandoned claim. */
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

/** It allows `sending` again, because the SDK may repeat the update. It does not allow a late update after the outcome. */
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

/** The error of a passed deadline. Its name is that of the SDK's own timeouts. */
class DeadlineError extends Error {
  override readonly name = 'TimeoutError';
}

function unavailable(cause: unknown, operation: string, { sdk }: Tools): RostbeefError {
  const call = { service: 'DynamoDB', operation, permission: `dynamodb:${operation} on it`, advice: ENDPOINT_ADVICE };
  const detail =
    cause instanceof sdk.ResourceNotFoundException
      ? 'EJABBERD_IDEMPOTENCY_TABLE names a table that does not exist'
      : describeAwsFailure(cause, call);
  return new IdempotencyStoreUnavailableError({ detail, cause });
}
