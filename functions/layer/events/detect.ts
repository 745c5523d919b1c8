/** Detects the source of an event by its shape. */
import { isObject } from '../shared/is-object.ts';

/** The source of an event. All other sources are `unsupported`. */
type SourceName = 'http' | 'direct' | 'sqs' | 'eventbridge' | 'unsupported';

/**
 * Detects the source of an event. It never throws.
 *
 * - `http`: an API Gateway proxy event, of a REST API or of an HTTP API in payload format 1.0 or 2.0
 * - `sqs`: a batch of an SQS queue
 * - `eventbridge`: an event in the EventBridge envelope, with any `detail`
 * - `direct`: any other object, unless another AWS service sends it
 * - `unsupported`: values that are not objects, and events of other services (SNS, S3, load balancers …)
 *
 * @example
 * detectSource({ user: 'alice', server: 'example.com' }) // 'direct'
 */
export function detectSource(event: unknown): SourceName {
  if (!isObject(event)) return 'unsupported';
  if (isObject(event['requestContext'])) return isProxyEvent(event, event['requestContext']) ? 'http' : 'unsupported';
  if (Array.isArray(event['Records'])) return isQueueBatch(event['Records']) ? 'sqs' : 'unsupported';
  return isEnvelope(event) ? 'eventbridge' : 'direct';
}

/** Tells whether an object is an EventBridge event. No input of a method has members of these names. */
export function isEnvelope(event: Readonly<Record<string, unknown>>): boolean {
  return typeof event['detail-type'] === 'string' && typeof event['source'] === 'string';
}

function isProxyEvent(event: Readonly<Record<string, unknown>>, context: Readonly<Record<string, unknown>>): boolean {
  // The event of a load balancer looks like the one of a REST API, but has `elb` in its context.
  const isVersion1 = typeof event['httpMethod'] === 'string' && !('elb' in context);
  return isVersion1 || (event['version'] === '2.0' && isObject(context['http']));
}

function isQueueBatch(records: readonly unknown[]): boolean {
  return (
    records.length > 0 &&
    records.every(
      (record) => isObject(record) && record['eventSource'] === 'aws:sqs' && typeof record['messageId'] === 'string',
    )
  );
}
