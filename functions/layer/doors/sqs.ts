/** SQS: a batch of records, each an input of its own, and the answer is which of them failed. */
import { isEnvelope } from './detect.ts';
import type { Call } from './door.ts';
import { callIn } from './eventbridge.ts';
import { parseBody } from './json-body.ts';
import { isObject } from './object.ts';
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

/** What tells SQS which records to deliver again; all others it deletes. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** So many records run at once: they share the container's connections. */
const PARALLEL_RECORDS = 10;

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
 * Runs every record, in parallel but for those of one FIFO group, which ends at its first failure.
 *
 * @param run whether a record succeeded; must not throw
 */
export async function answerBatch(
  records: readonly QueueRecord[],
  run: (record: QueueRecord) => Promise<boolean>,
): Promise<BatchAnswer> {
  const failed = new Set<string>();
  const lines = [
    ...Map.groupBy(records, ({ group, messageId }) => (group === undefined ? `m ${messageId}` : `g ${group}`)).values(),
  ];
  const runLine = async (line: readonly QueueRecord[]) => {
    let isBroken = false;
    for (const record of line) {
      isBroken = isBroken || !(await run(record));
      if (isBroken) failed.add(record.messageId);
    }
  };
  const worker = async () => {
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) await runLine(line);
  };
  await Promise.all(Array.from({ length: PARALLEL_RECORDS }, worker));
  // In the order of the batch: on a FIFO queue it is that in which they come again.
  return {
    batchItemFailures: records
      .filter(({ messageId }) => failed.has(messageId))
      .map(({ messageId }) => ({ itemIdentifier: messageId })),
  };
}
