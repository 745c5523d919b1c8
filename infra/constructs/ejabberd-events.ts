import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { catalogue, type MethodName } from 'rostbeef-layer';
import { detailType } from '../schemas.ts';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import type { RostbeefFunction } from './rostbeef-function.ts';

/** What an {@link EjabberdEvents} needs. */
export interface EjabberdEventsProps {
  readonly rostbeef: EjabberdFunctions;
  /** The bus that events come on. @default - a new one */
  readonly bus?: IEventBus | undefined;
  /** The `source` of events that count. @default - all of them */
  readonly sources?: readonly string[] | undefined;
  /** How often a message is tried before it goes to the dead-letter queue. @default 5 */
  readonly maxReceiveCount?: number | undefined;
  /**
   * Invocations of one function at a time for its queue, at least 2.
   *
   * @default - what is reserved for the function, else 5
   */
  readonly maxConcurrency?: number | undefined;
  /** Whether the queues, with what is in them, outlive the stack. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** A method's queue, and where its messages end that fail for good. */
export interface EventQueue {
  readonly queue: Queue;
  readonly deadLetters: Queue;
}

const MAX_DAYS = Duration.days(14);

/**
 * Events that ask for the methods that write: a rule for each sends them to a queue of its own, and the function takes them
 * from there in batches. `detail-type` is the method's name (`LinkContacts`), `detail` its input; docs/events has the schemas.
 *
 * The queues are standard ones: there is no order between a link and an unlink.
 *
 * @example
 * new EjabberdEvents(this, 'Events', { rostbeef, sources: ['com.example.crm'] })
 */
export class EjabberdEvents extends Construct {
  readonly bus: IEventBus;
  readonly queues: ReadonlyMap<MethodName, EventQueue>;
  readonly #props: EjabberdEventsProps;

  constructor(scope: Construct, id: string, props: EjabberdEventsProps) {
    super(scope, id);
    this.#props = props;
    this.bus = props.bus ?? new EventBus(this, 'Bus', { description: 'Events that ask for ejabberd’s methods' });
    this.queues = new Map(
      catalogue.filter(({ writes }) => writes).map((method) => [method.name, this.#queueOf(method.name)]),
    );
  }

  #queueOf(name: MethodName): EventQueue {
    const { rostbeef, sources, maxReceiveCount = 5 } = this.#props;
    const called = rostbeef.functions.get(name);
    if (called === undefined) throw new Error(`no function for ${name}`);
    const type = detailType({ name });
    const deadLetters = this.#queue(`${type}DeadLetters`, { retentionPeriod: MAX_DAYS });
    const reason = 'It is where messages end that fail for good.';
    Validations.of(deadLetters).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    );
    const queue = this.#queue(type, {
      retentionPeriod: MAX_DAYS,
      // AWS's advice for a queue in front of a function: six times its time-out.
      visibilityTimeout: Duration.seconds(6 * called.timeout.toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount },
    });
    new Rule(this, `${type}Rule`, {
      eventBus: this.bus,
      description: `Events that ask for ${name}`,
      eventPattern: { detailType: [type], ...(sources && { source: [...sources] }) },
      targets: [new SqsQueue(queue, { deadLetterQueue: deadLetters })],
    });
    this.#consume(type, queue, called);
    return { queue, deadLetters };
  }

  /** In this construct's own stack: the function knows nothing of its queue. */
  #consume(type: string, { queueArn }: Queue, called: RostbeefFunction): void {
    const policy = new Policy(this, `${type}Consumer`, {
      roles: [called.role],
      statements: [
        new PolicyStatement({
          actions: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
          resources: [queueArn],
        }),
      ],
    });
    const source = new EventSourceMapping(this, `${type}Source`, {
      target: called.alias,
      eventSourceArn: queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency: this.#props.maxConcurrency ?? called.reservedConcurrency ?? 5,
    });
    source.node.addDependency(policy);
    Validations.of(source).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'What fails for good goes to the dead-letter queue by the redrive policy of the queue itself.',
    });
  }

  #queue(id: string, props: QueueProps): Queue {
    const { removalPolicy } = this.#props;
    return new Queue(this, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, removalPolicy, ...props });
  }
}
