/** Tells the doors apart by the event's shape. */
import { isObject } from './object.ts';

/** Through which door an event came; `unsupported` is none of them. */
export type DoorName = 'http' | 'direct' | 'unsupported';

/**
 * The door of an event. Total: whatever an event is, it comes through one door or none.
 *
 * - `http`: an API Gateway proxy event, of a REST API or of an HTTP API in payload format 1.0 or 2.0
 * - `direct`: any other object that no other AWS service sends
 * - `unsupported`: what is no object, and what other services send (SQS, SNS, S3, EventBridge, load balancers …)
 *
 * @example
 * doorOf({ user: 'alice', server: 'example.com' }) // 'direct'
 */
export function doorOf(event: unknown): DoorName {
  if (!isObject(event)) return 'unsupported';
  if (isObject(event['requestContext'])) return isProxyEvent(event, event['requestContext']) ? 'http' : 'unsupported';
  if (Array.isArray(event['Records'])) return 'unsupported';
  if (typeof event['detail-type'] === 'string' && isObject(event['detail'])) return 'unsupported';
  return 'direct';
}

function isProxyEvent(event: Readonly<Record<string, unknown>>, context: Readonly<Record<string, unknown>>): boolean {
  // A load balancer's event looks like a REST API's, and its context names the balancer.
  const isVersion1 = typeof event['httpMethod'] === 'string' && !('elb' in context);
  return isVersion1 || (event['version'] === '2.0' && isObject(context['http']));
}
