/** Reads SQS batches. Each record is a call, and the response lists the records that failed. */

import { isObject } from '../shared/is-object.ts';
import { formatJid, parseBareJid } from '../xmpp/jid.ts';
import { isEnvelope } from './detect.ts';
import type { Call, EventSource } from './event-source.ts';
import { callIn } from './eventbridge.ts';
import { parseBody } from './json-body.ts';
import { isNotification, messageIn } from './sns.ts';

/** One record of a batch. */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: unknown;
  /** How often SQS has delivered it, this time included. */
  readonly receives: number;
  /** Records of one group go one after the other; `undefined` on a standard queue. */
  readonly group: string | undefined;
}

/** Tells SQS which records to deliver again. SQS deletes all others. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** The most records that run at a time, because they share the connections. */
const PARALLEL_RECORDS = 10;

/** Takes one record of a batch. Errors are thrown to the batch, whose response lists the record. */
export const sqsSource: EventSource<QueueRecord> = {
  name: 'sqs',
  read: callOf,
  message: ({ messageId, receives }) => ({ messageId, receives }),
  respond: (result) => result,
  fail: () => undefined,
};

/** Returns the records of a batch. */
export function recordsOf(event: unknown): readonly QueueRecord[] {
  const records: readonly unknown[] = isObject(event) && Array.isArray(event['Records']) ? event['Records'] : [];
  return records.filter(isObject).map((record) => {
    const attributes = isObject(record['attributes']) ? record['attributes'] : {};
    // Fair standard queues carry a MessageGroupId as well, and no order.
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
 * Reads the call in a record's body: the input, an EventBridge envelope, or an SNS envelope around either. Its key is the
 * id of the event, or else of the SNS message, or else of the SQS message. SNS may put one message on a queue twice.
 *
 * @throws InvalidInputError if the body or what it envelops is not JSON, is too large, or holds no input
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
 * Runs the records in parallel. Records of one FIFO group run in their order, and the group ends at its first failure.
 * Records about the same two users run in their order too, because they write the same rosters.
 *
 * @param maxBodyBytes the most bytes of a body. A larger one is not read for its users
 * @param run runs a record, and resolves to `true` on success. It must not reject
 */
export async function respondToBatch(
  records: readonly QueueRecord[],
  maxBodyBytes: number,
  run: (record: QueueRecord) => Promise<boolean>,
): Promise<BatchResponse> {
  const failed = new Set<string>();
  const brokenGroups = new Set<string>();
  /** The last record so far of each FIFO group and each pair of users. */
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
    const lines = linesOf(record, maxBodyBytes);
    const done = Promise.all(lines.map((line) => last.get(line))).then(() => attempt(record));
    for (const line of lines) last.set(line, done);
    await done;
  };
  const waiting = [...records];
  const worker = async () => {
    for (let record = waiting.shift(); record !== undefined; record = waiting.shift()) await inTurn(record);
  };
  await Promise.all(Array.from({ length: PARALLEL_RECORDS }, worker));
  // The order is that of the batch, because a FIFO queue delivers them again in this order.
  return {
    batchItemFailures: records
      .filter(({ messageId }) => failed.has(messageId))
      .map(({ messageId }) => ({ itemIdentifier: messageId })),
  };
}

/** Returns the FIFO group and the pair of users of a record. Records that share one keep their order. */
function linesOf(record: QueueRecord, maxBodyBytes: number): readonly string[] {
  const { group } = record;
  const pair = pairIn(record, maxBodyBytes);
  return [...(group === undefined ? [] : [`group ${group}`]), ...(pair === undefined ? [] : [`pair ${pair}`])];
}

/** Returns the two users of a link or unlink, sorted. */
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
