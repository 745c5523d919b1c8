/** The table that keeps the keys, in DynamoDB. */
import { whyAwsFailed } from '../aws-failure.ts';
import { unlessAborted } from '../deadline.ts';
import { IdempotencyStoreUnavailableError, type RostbeefError } from '../errors/index.ts';
import type { Fingerprint } from './key.ts';

/** What became of a call: `pending` is not known yet, and once its lease is over never will be. */
export type Outcome = 'pending' | 'sent' | 'unknown';

/** A call's claim to be the one that sends. */
export interface Claim extends Fingerprint {
  /** Tells this attempt from every other. */
  readonly attempt: string;
  /** Milliseconds of the epoch by which the attempt is over. */
  readonly leaseEndsAt: number;
  /** Seconds of the epoch from which the key is as good as new; the table's time to live. */
  readonly expiresAt: number;
}

/** What the table holds of an earlier attempt. */
export type Held = Pick<Claim, 'payload' | 'attempt' | 'leaseEndsAt'> & { readonly outcome: Outcome };

/** The table. Everything but a failed condition is an `IdempotencyStoreUnavailableError`. */
export interface Table {
  /** Writes the claim where the key has none that is still kept. */
  claim(claim: Claim, signal: AbortSignal): Promise<boolean>;
  /** The key's record; `undefined` where there is none. */
  read(id: string, signal: AbortSignal): Promise<Held | undefined>;
  /** Keeps what became of a claim. */
  keep(claim: Claim, outcome: Outcome, signal: AbortSignal): Promise<void>;
  /** Takes a claim back: nothing was sent. */
  free(claim: Claim, signal: AbortSignal): Promise<void>;
}

/** As with the secret: without an endpoint the connection just hangs. */
const CONNECT_MS = 1_000;
const ANSWER_MS = 2_000;

const ENDPOINT_ADVICE =
  'the function’s VPC needs a gateway endpoint com.amazonaws.<region>.dynamodb that its security group may reach, or a NAT';

/** The names of the attributes that conditions ask for. None is a reserved word. */
const IS_OWN = 'attempt = :attempt';
const IS_FREE = 'attribute_not_exists(id) OR expiresAt <= :now';

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
  const unlessLost = (error: unknown, { sdk }: Tools): false => {
    if (error instanceof sdk.ConditionalCheckFailedException) return false;
    throw error;
  };

  return {
    claim: ({ id, payload, attempt, leaseEndsAt, expiresAt }, signal) =>
      ask('PutItem', signal, (tools) => {
        const Item = {
          id: { S: id },
          payload: { S: payload },
          attempt: { S: attempt },
          outcome: { S: 'pending' },
          leaseEndsAt: { N: String(leaseEndsAt) },
          expiresAt: { N: String(expiresAt) },
        };
        const now = { N: String(Math.floor(Date.now() / 1000)) };
        const command = new tools.sdk.PutItemCommand({
          TableName,
          Item,
          ConditionExpression: IS_FREE,
          ExpressionAttributeValues: { ':now': now },
        });
        return tools.client.send(command, { abortSignal: signal }).then(
          () => true,
          (error) => unlessLost(error, tools),
        );
      }),

    read: (id, signal) =>
      ask('GetItem', signal, async ({ sdk, client }) => {
        const command = new sdk.GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true });
        const { Item } = await client.send(command, { abortSignal: signal });
        return Item && heldIn(Item);
      }),

    keep: ({ id, attempt }, outcome, signal) =>
      ask('UpdateItem', signal, async (tools) => {
        const command = new tools.sdk.UpdateItemCommand({
          TableName,
          Key: { id: { S: id } },
          UpdateExpression: 'SET outcome = :outcome',
          ConditionExpression: IS_OWN,
          ExpressionAttributeValues: { ':outcome': { S: outcome }, ':attempt': { S: attempt } },
        });
        await tools.client.send(command, { abortSignal: signal }).catch((error) => unlessLost(error, tools));
      }),

    free: ({ id, attempt }, signal) =>
      ask('DeleteItem', signal, async (tools) => {
        const command = new tools.sdk.DeleteItemCommand({
          TableName,
          Key: { id: { S: id } },
          ConditionExpression: IS_OWN,
          ExpressionAttributeValues: { ':attempt': { S: attempt } },
        });
        await tools.client.send(command, { abortSignal: signal }).catch((error) => unlessLost(error, tools));
      }),
  };
}

type Tools = Awaited<ReturnType<typeof load>>;

async function load() {
  const sdk = await import('rostbeef-layer/dynamodb');
  const client = new sdk.DynamoDBClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
  });
  return { sdk, client };
}

/** Called as the SDK calls its own timeouts. */
class TooLate extends Error {
  override readonly name = 'TimeoutError';
}

type Attributes = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

/** An item that is not as it was written counts as unknown: nothing is sent for it. */
function heldIn({ payload, attempt, leaseEndsAt, outcome }: Attributes): Held {
  return {
    payload: payload?.S ?? '',
    attempt: attempt?.S ?? '',
    leaseEndsAt: Number(leaseEndsAt?.N ?? 0),
    outcome: outcome?.S === 'pending' || outcome?.S === 'sent' ? outcome.S : 'unknown',
  };
}

function unavailable(cause: unknown, operation: string, { sdk }: Tools): RostbeefError {
  const call = { service: 'DynamoDB', operation, permission: `dynamodb:${operation} on it`, advice: ENDPOINT_ADVICE };
  const detail =
    cause instanceof sdk.ResourceNotFoundException
      ? 'EJABBERD_IDEMPOTENCY_TABLE names no table here'
      : whyAwsFailed(cause, call);
  return new IdempotencyStoreUnavailableError({ detail, cause });
}
