/** Plays an event source mapping of Lambda: takes messages from a queue, invokes, and deletes those that succeeded. */
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Sandbox } from '../../infra/local/sandbox.ts';
import { failuresOf } from '../support/event-sources.ts';

/** One mapping. */
export interface MappingOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly function: Sandbox;
  readonly batchSize: number;
  /** A fraction of a second is possible, which a queue's own setting can't be. */
  readonly visibilitySeconds: number;
}

/** How often a message was received, by its id. */
export type Receives = ReadonlyMap<string, number>;

/** Runs a mapping until it is told to stop. */
export function startMapping(options: MappingOptions): { readonly receives: Receives; stop(): Promise<void> } {
  const receives = new Map<string, number>();
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      for (const [id, count] of await takeBatch(options)) receives.set(id, count);
    }
  })();
  return {
    receives,
    async stop() {
      stopped = true;
      await running;
    },
  };
}

async function takeBatch({ client, queueUrl: QueueUrl, ...options }: MappingOptions) {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: options.batchSize,
      VisibilityTimeout: options.visibilitySeconds,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    }),
  );
  if (Messages.length === 0) return [];
  const failed = failuresOf(await options.function.invoke({ Records: Messages.map(recordOf) }));
  for (const { MessageId = '', ReceiptHandle } of Messages) {
    if (!failed.includes(MessageId)) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return Messages.map((message) => [message.MessageId ?? '', receivesOf(message)] as const);
}

function recordOf(message: Message) {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: { ApproximateReceiveCount: String(receivesOf(message)) },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:queue',
    awsRegion: 'eu-west-1',
  };
}

function receivesOf({ Attributes }: Message): number {
  return Number(Attributes?.ApproximateReceiveCount);
}
