/** Reads the SNS envelope, which a queue's messages have unless the subscription uses raw message delivery. */
import { InvalidInputError } from '../errors/index.ts';

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const TYPES: readonly unknown[] = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'];

/** Tells whether an object is an SNS envelope. No input of a method has members of these names. */
export function isNotification(body: Readonly<Record<string, unknown>>): boolean {
  return TYPES.includes(body['Type']) && typeof body['TopicArn'] === 'string';
}

/**
 * Returns the published message.
 *
 * @throws InvalidInputError if the envelope is not a `Notification`, or has no `Message`
 * @example
 * messageIn({ Type: 'Notification', TopicArn: 'arn:…', Message: '{"user":"bob"}' }) // '{"user":"bob"}'
 */
export function messageIn({ Type, Message: message }: Readonly<Record<string, unknown>>): string {
  if (Type !== 'Notification') {
    throw new InvalidInputError({
      detail: 'the SNS message must have the type Notification, because other types hold no input',
    });
  }
  if (typeof message !== 'string') {
    throw new InvalidInputError({ issues: [{ path: 'Message', message: 'must be a string of JSON' }] });
  }
  return message;
}
