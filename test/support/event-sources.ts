/** One input through each of the doors of a function, and what comes back in each of their forms. */
import type { Invoked } from '../../infra/local/sandbox.ts';

/** The outcome for a caller of any event source: the result, if the source returns one, and the error's name. */
export interface Seen {
  readonly result?: unknown;
  readonly error?: string;
  /** Only by HTTP. */
  readonly status?: number;
}

/** A way in. */
export interface Entrance {
  readonly name: string;
  event(input: unknown): unknown;
  seen(outcome: Invoked): Seen;
}

const context = { accountId: '123456789012', apiId: 'api', stage: 'prod', requestId: 'gateway' };
const headers = { 'Content-Type': 'application/json' };
const envelope = { version: '0', id: 'e', 'detail-type': 'Wanted', source: 'my.app', time: '2026-01-01T00:00:00Z' };

/**
 * A batch of these bodies, of a standard queue or by group of a FIFO queue.
 *
 * @param ids the messages', by default `m0`, `m1` …
 */
export function batchOf(bodies: readonly string[], groups?: readonly string[], ids?: readonly string[]): unknown {
  const queue = `arn:aws:sqs:eu-west-1:123456789012:queue${groups === undefined ? '' : '.fifo'}`;
  return {
    Records: bodies.map((body, index) => ({
      messageId: ids?.[index] ?? `m${index}`,
      receiptHandle: 'r',
      body,
      attributes: { ApproximateReceiveCount: '1', ...(groups !== undefined && { MessageGroupId: groups[index] }) },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: queue,
      awsRegion: 'eu-west-1',
    })),
  };
}

/** The ids of the records that failed. */
export function failuresOf(outcome: Invoked): readonly string[] {
  const { batchItemFailures } = JSON.parse(outcome.kind === 'result' ? outcome.body.toString() : '{}');
  return batchItemFailures.map(({ itemIdentifier }: { itemIdentifier: string }) => itemIdentifier);
}

function proxied(outcome: Invoked): Seen {
  const { statusCode: status, body } = JSON.parse(outcome.kind === 'result' ? outcome.body.toString() : '{}');
  const content = JSON.parse(body);
  return status === 200 ? { status, result: content } : { status, error: content.name };
}

function returned(outcome: Invoked): Seen {
  return outcome.kind === 'result' ? { result: JSON.parse(outcome.body.toString()) } : { error: outcome.errorType };
}

/** A batch's answer names no error: the log has it. */
function queued(outcome: Invoked): Seen {
  if (failuresOf(outcome).length === 0) return {};
  const lines = outcome.log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return { error: lines.find(({ door }) => door === 'sqs')?.outcome };
}

/** All of them: the four doors, with every form that HTTP and SQS have. */
export const entrances: readonly Entrance[] = [
  {
    name: 'HTTP, of a REST API',
    event: (input) => ({
      httpMethod: 'POST',
      path: '/',
      headers,
      requestContext: context,
      body: JSON.stringify(input),
    }),
    seen: proxied,
  },
  {
    name: 'HTTP, of an HTTP API',
    event: (input) => ({
      version: '2.0',
      routeKey: 'POST /',
      headers: { 'content-type': 'application/json' },
      requestContext: { ...context, http: { method: 'POST', path: '/' } },
      body: Buffer.from(JSON.stringify(input)).toString('base64'),
      isBase64Encoded: true,
    }),
    seen: proxied,
  },
  { name: 'direct', event: (input) => input, seen: returned },
  { name: 'EventBridge', event: (detail) => ({ ...envelope, detail }), seen: returned },
  { name: 'SQS', event: (input) => batchOf([JSON.stringify(input)]), seen: queued },
  {
    name: 'SQS, from EventBridge',
    event: (detail) => batchOf([JSON.stringify({ ...envelope, detail })]),
    seen: queued,
  },
  {
    name: 'SQS, from SNS',
    event: (input) =>
      batchOf([
        JSON.stringify({
          Type: 'Notification',
          MessageId: 'n',
          TopicArn: 'arn:aws:sns:eu-west-1:123456789012:topic',
          Message: JSON.stringify(input),
          Timestamp: '2026-01-01T00:00:00.000Z',
          SignatureVersion: '1',
          Signature: 'c2lnbmF0dXJl',
          SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/certificate.pem',
          UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe',
        }),
      ]),
    seen: queued,
  },
];
