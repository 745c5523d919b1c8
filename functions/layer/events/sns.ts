/** Reads the envelope of an SNS message. SNS adds it unless the subscription has raw message delivery. */
import { InvalidInputError } from '../errors/index.ts';

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const TYPES: readonly unknown[] = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'];

/** Tells whether an object is an SNS envelope. No method has members of these names. */
export function isNotification(body: Readonly<Record<string, unknown>>): boolean {
  return TYPES.includes(body['Type']) && typeof body['TopicArn'] === 'string';
}

/**
 * Returns the text that was published.
 *
 * @throws InvalidInputError if the envelope holds no message of a publisher
 * @example
 * messageIn({ Type: 'Notification', TopicArn: 'arn:…', Message: '{"user":"bob"}' }) // '{"user":"bob"}'
 */
export function messageIn({ Type, Message: message }: Readonly<Record<string, unknown>>): string {
  if (Type !== 'Notification') {
    throw new InvalidInputError({ detail: 'the SNS message must be of the type Notification: others hold no input' });
  }
  if (typeof message !== 'string') {
    throw new InvalidInputError({ issues: [{ path: 'Message', message: 'must be a string of JSON' }] });
  }
  return message;
}
