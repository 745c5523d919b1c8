/** Refuses an event of another kind: the error says which event it is, and what to send instead. */
import { UnsupportedEventError } from '../errors/index.ts';
import { isObject } from '../shared/is-object.ts';
import type { EventSource } from './event-source.ts';

const OBJECT = 'send the input as a JSON object, such as {"user":"alice","server":"example.com"}';

/** Descriptions by the source of a record. SNS spells the member `EventSource`. */
const RECORDS: ReadonlyMap<unknown, string> = new Map([
  ['aws:sns', 'an SNS notification came; subscribe an SQS queue to the topic and the function to the queue'],
  ['aws:s3', `an S3 notification came; ${OBJECT}`],
  ['aws:dynamodb', `a batch of a DynamoDB stream came; ${OBJECT}`],
  ['aws:kinesis', `a batch of a Kinesis stream came; ${OBJECT}`],
  ['aws:ses', `an SES notification came; ${OBJECT}`],
]);

/** Refuses every event. The error is thrown, because nothing is known of the sender. */
export const unsupportedSource: EventSource = {
  name: 'unsupported',
  read(event) {
    throw new UnsupportedEventError({ detail: describeUnsupported(event) });
  },
  respond: (result) => result,
  fail: () => undefined,
};

/**
 * Describes an event of another kind.
 *
 * @returns what came and what to send, in words; nothing of the event is quoted
 * @example
 * describeUnsupported(null) // 'null came; send the input as a JSON object, such as …'
 */
export function describeUnsupported(event: unknown): string {
  if (event === null) return `null came; ${OBJECT}`;
  if (typeof event === 'string') return `a JSON string came; ${OBJECT}, not as its text`;
  if (Array.isArray(event)) return `a JSON array came; ${OBJECT}, one for each call`;
  if (!isObject(event)) return `a ${typeof event} came; ${OBJECT}`;
  const { requestContext, Records: records } = event;
  if (isObject(requestContext)) return `${requestIn(requestContext)}; use a REST API or an HTTP API of API Gateway`;
  const [record]: readonly unknown[] = Array.isArray(records) ? records : [];
  if (record === undefined) return `Records is empty; send an SQS batch, or ${OBJECT}`;
  const source = isObject(record) ? (record['eventSource'] ?? record['EventSource']) : undefined;
  return RECORDS.get(source) ?? `Records holds something else than SQS messages; send an SQS batch, or ${OBJECT}`;
}

function requestIn(context: Readonly<Record<string, unknown>>): string {
  if ('elb' in context) return 'a request of an Application Load Balancer came';
  if ('connectionId' in context) return 'a message of a WebSocket API came';
  return 'an event with requestContext came that has neither httpMethod nor version "2.0" and requestContext.http';
}
