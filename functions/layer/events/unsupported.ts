/** Refuses events of other sources. The error says which event was received, and what to send instead. */
import { UnsupportedEventError } from '../errors/index.ts';
import { isObject } from '../shared/is-object.ts';
import type { EventSource } from './event-source.ts';

const OBJECT = 'send the input as a JSON object, such as {"user":"alice","server":"example.com"}';

/** The description and the advice for each event source of a record. SNS spells that member `EventSource`. */
const RECORDS: ReadonlyMap<unknown, string> = new Map([
  ['aws:sns', 'received an SNS notification; subscribe an SQS queue to the topic and the function to the queue'],
  ['aws:s3', `received an S3 notification; ${OBJECT}`],
  ['aws:dynamodb', `received a batch of a DynamoDB stream; ${OBJECT}`],
  ['aws:kinesis', `received a batch of a Kinesis stream; ${OBJECT}`],
  ['aws:ses', `received an SES notification; ${OBJECT}`],
]);

/** Any other source. The error is thrown, because the form of a response is unknown. */
export const unsupportedSource: EventSource = {
  name: 'unsupported',
  read(event) {
    throw new UnsupportedEventError({ detail: describeUnsupported(event) });
  },
  respond: (result) => result,
  fail: () => undefined,
};

/**
 * Describes an event of another source.
 *
 * @returns the kind of the event, and what to send instead. It quotes nothing of the event
 * @example
 * describeUnsupported(null) // 'received null; send the input as a JSON object, such as …'
 */
export function describeUnsupported(event: unknown): string {
  if (event === null) return `received null; ${OBJECT}`;
  if (typeof event === 'string') return `received a JSON string; ${OBJECT}, not as its text`;
  if (Array.isArray(event)) return `received a JSON array; ${OBJECT}, one for each call`;
  if (!isObject(event)) return `received a ${typeof event}; ${OBJECT}`;
  const { requestContext, Records: records } = event;
  if (isObject(requestContext)) return `${requestIn(requestContext)}; use a REST API or an HTTP API of API Gateway`;
  const [record]: readonly unknown[] = Array.isArray(records) ? records : [];
  if (record === undefined) return `received empty Records; send an SQS batch, or ${OBJECT}`;
  const source = isObject(record) ? (record['eventSource'] ?? record['EventSource']) : undefined;
  return RECORDS.get(source) ?? `received Records that are not SQS messages; send an SQS batch, or ${OBJECT}`;
}

function requestIn(context: Readonly<Record<string, unknown>>): string {
  if ('elb' in context) return 'received a request of an Application Load Balancer';
  if ('connectionId' in context) return 'received a message of a WebSocket API';
  return 'received an event with requestContext, but with neither httpMethod nor version "2.0" and requestContext.http';
}
