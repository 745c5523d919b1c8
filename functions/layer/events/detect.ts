/** Tells event sources apart by the event's shape. */
import { isObject } from '../shared/is-object.ts';

/** The source of an event. `unsupported` is every other one. */
export type SourceName = 'http' | 'direct' | 'sqs' | 'eventbridge' | 'unsupported';

/**
 * Detects the source of an event. It never throws.
 *
 * - `http`: an API Gateway proxy event, of a REST API or of an HTTP API in payload format 1.0 or 2.0
 * - `sqs`: a batch of an SQS queue
 * - `eventbridge`: an event with its envelope, whatever its `detail` is
 * - `direct`: any other object that no other AWS service sends
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

/** Tells whether an object is an EventBridge event. No method has members of these names. */
export function isEnvelope(event: Readonly<Record<string, unknown>>): boolean {
  return typeof event['detail-type'] === 'string' && typeof event['source'] === 'string';
}

function isProxyEvent(event: Readonly<Record<string, unknown>>, context: Readonly<Record<string, unknown>>): boolean {
  // A load balancer's event looks like a REST API's, and its context names the balancer.
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
