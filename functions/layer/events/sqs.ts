/** SQS: a batch of records, each an input of its own, and the answer is which of them failed. */

import { isObject } from '../shared/is-object.ts';
import { formatJid, parseBareJid } from '../xmpp/jid.ts';
import { isEnvelope } from './detect.ts';
import type { Call, EventSource } from './event-source.ts';
import { callIn } from './eventbridge.ts';
import { parseBody } from './json-body.ts';
import { isNotification, messageIn } from './sns.ts';

/** One record as far as it matters here. */
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

/** So many records run at once: they share the container's connections. */
const PARALLEL_RECORDS = 10;

/** One record of a batch. Errors are thrown to the batch, whose response lists the record. */
export const sqsSource: EventSource<QueueRecord> = {
  name: 'sqs',
  read: callOf,
  message: ({ messageId, receives }) => ({ messageId, receives }),
  respond: (result) => result,
  fail: () => undefined,
};

/** The records of a batch. */
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
 * The call that a record's body holds: the input, an EventBridge envelope, or an SNS envelope around either. It is known
 * by the event's id, or else by the message's. SNS may put one publication on a queue twice, as two messages.
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
 * Runs the records in parallel. Those of one FIFO group run in their order, and the group ends at its first failure.
 * Those about the same two users run in their order as well, because they write the same rosters.
 *
 * @param maxBodyBytes the most bytes of a body; a record with more is not looked into
 * @param run whether a record succeeded; must not throw
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
  // In the order of the batch: on a FIFO queue it is that in which they come again.
  return {
    batchItemFailures: records
      .filter(({ messageId }) => failed.has(messageId))
      .map(({ messageId }) => ({ itemIdentifier: messageId })),
  };
}

/** What a record shares with others of its batch, so that they must keep their order. */
function linesOf(record: QueueRecord, maxBodyBytes: number): readonly string[] {
  const { group } = record;
  const pair = pairIn(record, maxBodyBytes);
  return [...(group === undefined ? [] : [`group ${group}`]), ...(pair === undefined ? [] : [`pair ${pair}`])];
}

/** The two users of a link or unlink, in one order whichever is named first. */
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
