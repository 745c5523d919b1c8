/** Reads SQS batches, in which each record is one input, and lists the records that failed. */
import { isObject } from '../shared/is-object.ts';
import { formatJid, parseBareJid } from '../xmpp/jid.ts';
import { isEnvelope } from './detect.ts';
import type { Call, EventSource } from './event-source.ts';
import { callIn } from './eventbridge.ts';
import { parseBody } from './json-body.ts';
import { isNotification, messageIn } from './sns.ts';

/** The members of an SQS record that the functions use. */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: unknown;
  /** The number of deliveries, including this one. */
  readonly receives: number;
  /** The message group of a FIFO queue, whose records run in order; `undefined` on a standard queue. */
  readonly group: string | undefined;
}

/** Tells SQS which records to deliver again. SQS deletes all others. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** The number of records that run at once. They share the connections of the container. */
const PARALLEL_RECORDS = 10;

/** One record of an SQS batch. Errors are thrown, and the response to the batch then lists the record. */
export const sqsSource: EventSource<QueueRecord> = {
  name: 'sqs',
  read: callOf,
  message: ({ messageId, receives }) => ({ messageId, receives }),
  respond: (result) => result,
  fail: () => undefined,
};

/** Reads the records of a batch. It never throws, because `detectSource` has checked the event. */
export function recordsOf(event: unknown): readonly QueueRecord[] {
  const records: readonly unknown[] = isObject(event) && Array.isArray(event['Records']) ? event['Records'] : [];
  return records.filter(isObject).map((record) => {
    const attributes = isObject(record['attributes']) ? record['attributes'] : {};
    // Fair queues are standard queues: their records have a MessageGroupId, but no order.
    const isFifo = String(record['eventSourceARN']).endsWith('.fifo');
    return {
      messageId: String(record['messageId']),
      body: record['body'],
      receives: Number(attributes['ApproximateReceiveCount']) || 1,
      group: isFifo ? String(attributes['MessageGroupId']) : undefined,
    };
  });
}

/**
 * Reads the call from a record's body: the input, an EventBridge event, or an SNS envelope around either.
 *
 * The idempotency key is the first id that exists: of the EventBridge event, the SNS message, or the SQS message. SNS may put
 * one message on a queue twice, as two SQS messages.
 *
 * @param maxBytes the largest body, in bytes
 * @throws InvalidInputError if the body or the enveloped message is not JSON, is too large, or holds no input
 */
export function callOf({ messageId, body }: QueueRecord, maxBytes: number): Call {
  const text = typeof body === 'string' ? body : '';
  const content = parseBody(text, { maxBytes, name: 'the message’s body' });
  const isEnveloped = isObject(content) && isNotification(content);
  const input = isEnveloped ? parseBody(messageIn(content), { maxBytes, name: 'the SNS Message' }) : content;
  const id = isEnveloped && typeof content['MessageId'] === 'string' ? content['MessageId'] : messageId;
  const key = { source: 'messageId', value: id } as const;
  return isObject(input) && isEnvelope(input) ? { key, ...callIn(input) } : { key, input };
}

/**
 * Runs the records in parallel.
 *
 * Records of one FIFO group run in their order, and the group stops at its first failure. Records about the same two
 * users also run in their order, because they write the same rosters.
 *
 * @param maxBodyBytes the largest body, in bytes. The users of a larger record are not read
 * @param run runs a record, and resolves to whether it succeeded. It must not reject
 * @returns the failed records, in the order of the batch
 */
export async function respondToBatch(
  records: readonly QueueRecord[],
  maxBodyBytes: number,
  run: (record: QueueRecord) => Promise<boolean>,
): Promise<BatchResponse> {
  const failed = new Set<string>();
  const brokenGroups = new Set<string>();
  /** Ends with the last record so far of each ordering key. */
  const last = new Map<string, Promise<void>>();
  const attempt = async (record: QueueRecord): Promise<void> => {
    const { group, messageId } = record;
    if (group !== undefined && brokenGroups.has(group)) failed.add(messageId);
    else if (!(await run(record))) {
      failed.add(messageId);
      if (group !== undefined) brokenGroups.add(group);
    }
  };
  const inTurn = async (record: QueueRecord): Promise<void> => {
    const keys = orderingKeysOf(record, maxBodyBytes);
    const done = Promise.all(keys.map((key) => last.get(key))).then(() => attempt(record));
    for (const key of keys) last.set(key, done);
    await done;
  };
  const waiting = [...records];
  const worker = async () => {
    for (let record = waiting.shift(); record !== undefined; record = waiting.shift()) await inTurn(record);
  };
  await Promise.all(Array.from({ length: PARALLEL_RECORDS }, worker));
  // In the order of the batch, because a FIFO queue delivers them again in this order.
  return {
    batchItemFailures: records
      .filter(({ messageId }) => failed.has(messageId))
      .map(({ messageId }) => ({ itemIdentifier: messageId })),
  };
}

/** Returns the FIFO group and the pair of users of a record. Records that share one of them run in their order. */
function orderingKeysOf(record: QueueRecord, maxBodyBytes: number): readonly string[] {
  const { group } = record;
  const pair = pairIn(record, maxBodyBytes);
  return [...(group === undefined ? [] : [`group ${group}`]), ...(pair === undefined ? [] : [`pair ${pair}`])];
}

/** Returns the two users of a link or unlink, sorted, so that both directions are the same pair. */
function pairIn(record: QueueRecord, maxBodyBytes: number): string | undefined {
  let input: unknown;
  try {
    ({ input } = callOf(record, maxBodyBytes));
  } catch {
    return undefined;
  }
  if (!isObject(input)) return undefined;
  const [one, other] = [input['jid1'], input['jid2']];
  if (typeof one !== 'string' || typeof other !== 'string') return undefined;
  return [one, other].map(comparable).sort().join(' ');
}

function comparable(text: string): string {
  const parsed = parseBareJid(text);
  return 'jid' in parsed ? formatJid(parsed.jid) : text;
}
