import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { AccountPrincipal, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { catalogue, type MethodName } from 'rostbeef-layer';
import { detailType } from '../schemas.ts';
import { acknowledge } from './acknowledge.ts';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import type { RostbeefFunction } from './rostbeef-function.ts';

/** Properties of {@link EjabberdEvents}. */
export interface EjabberdEventsProps {
  /** The functions that the queues invoke. */
  readonly rostbeef: EjabberdFunctions;
  /** The bus with the events. @default - a new bus */
  readonly bus?: IEventBus | undefined;
  /** Other accounts, of 12 digits, that may put events on a new bus. @default - this account only */
  readonly accounts?: readonly string[] | undefined;
  /** The values of `source` that the rules take. @default - any */
  readonly sources?: readonly string[] | undefined;
  /**
   * The number of times that a message is received before it goes to the dead-letter queue, 1 to 1,000. Without an
   * idempotency table, a stanza is received once, because a second try could send it twice.
   *
   * @default - enough for six hours without ejabberd
   */
  readonly maxReceiveCount?: number | undefined;
  /**
   * The most invocations of a function at a time by its queue, at least 2.
   *
   * @default - half of the function’s reserved concurrency, and the rest is for other callers; 5 if none is reserved
   */
  readonly maxConcurrency?: number | undefined;
  /** The removal policy of the queues and their messages. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** The queues of a method. */
export interface EventQueue {
  /** The function takes its messages from this queue. */
  readonly queue: Queue;
  /** Gets the messages that were received too often. */
  readonly deadLetters: Queue;
}

/**
 * How long a queue keeps an event that nothing has taken. It is shorter than that of the dead-letter queue, because SQS
 * counts from the first sending, also in the dead-letter queue of a standard queue.
 */
const RETENTION = Duration.days(7);

/** The longest time that SQS allows. */
const DEAD_LETTER_RETENTION = Duration.days(14);

/** How long ejabberd may be unreachable without the loss of a message. */
const OUTAGE = Duration.hours(6);

/** The concurrency of a queue whose function has no reserved concurrency. */
const DEFAULT_CONCURRENCY = 5;

/** The lowest value that Lambda accepts as `MaximumConcurrency` of an event source mapping. */
const LEAST_CONCURRENCY = 2;

/**
 * A bus whose events invoke the methods that write. Each method has a rule and a queue, and its function takes batches from
 * the queue. `detail-type` is the name of the method (`LinkContacts`), and `detail` is its input. docs/events has the schemas.
 *
 * A failed message is received again after the queue’s visibility time-out, six times the function’s time-out. The queues are
 * standard queues, so an unlink may overtake its link.
 *
 * @example
 * new EjabberdEvents(this, 'Events', { rostbeef, sources: ['com.example.crm'] })
 */
export class EjabberdEvents extends Construct {
  /** The bus with the events. */
  readonly bus: IEventBus;
  /** The queues by method. */
  readonly queues: ReadonlyMap<MethodName, EventQueue>;
  readonly #props: EjabberdEventsProps;

  constructor(scope: Construct, id: string, props: EjabberdEventsProps) {
    super(scope, id);
    this.#props = props;
    this.bus = props.bus ?? this.#makeBus(props.accounts);
    this.queues = new Map(
      catalogue.filter(({ writes }) => writes).map((method) => [method.name, this.#queueOf(method.name)]),
    );
  }

  #makeBus(accounts: readonly string[] = []): EventBus {
    const bus = new EventBus(this, 'Bus', { description: 'Events that invoke ejabberd’s methods' });
    for (const account of accounts) {
      bus.addToResourcePolicy(
        new PolicyStatement({
          sid: `Account${account}`,
          principals: [new AccountPrincipal(account)],
          actions: ['events:PutEvents'],
          resources: [bus.eventBusArn],
        }),
      );
    }
    return bus;
  }

  #queueOf(name: MethodName): EventQueue {
    const { rostbeef, sources } = this.#props;
    const called = rostbeef.functions.get(name);
    if (called === undefined) throw new Error(`no function for ${name}`);
    const type = detailType({ name });
    const deadLetters = this.#queue(`${type}DeadLetters`, { retentionPeriod: DEAD_LETTER_RETENTION });
    const reason = 'It is a dead-letter queue.';
    // AWS recommends at least six times the function’s time-out for a queue that invokes it.
    const visibilityTimeout = Duration.seconds(6 * called.timeout.toSeconds());
    acknowledge(deadLetters, { id: 'AwsSolutions-SQS3', reason }, { id: 'Serverless-SQSRedrivePolicy', reason });
    const queue = this.#queue(type, {
      retentionPeriod: RETENTION,
      visibilityTimeout,
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: this.#maxReceiveCount(name, visibilityTimeout) },
    });
    new Rule(this, `${type}Rule`, {
      eventBus: this.bus,
      description: `Events that invoke ${name}`,
      eventPattern: { detailType: [type], ...(sources && { source: [...sources] }) },
      targets: [new SqsQueue(queue, { deadLetterQueue: deadLetters })],
    });
    this.#consume(type, queue, called);
    return { queue, deadLetters };
  }

  /** Without a table, a second try could send a stanza twice. */
  #maxReceiveCount(name: MethodName, delay: Duration): number {
    const isRepeatable = catalogue.some((method) => method.name === name && method.idempotent);
    if (!isRepeatable && this.#props.rostbeef.props.idempotency === undefined) return 1;
    return this.#props.maxReceiveCount ?? 1 + Math.ceil(OUTAGE.toSeconds() / delay.toSeconds());
  }

  /** Keeps the policy in this construct’s stack, so that the functions’ stack does not depend on the queues. */
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
      maxConcurrency: this.#props.maxConcurrency ?? concurrencyFor(called),
    });
    source.node.addDependency(policy);
    acknowledge(source, {
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'The queue’s redrive policy moves messages to its dead-letter queue.',
    });
  }

  #queue(id: string, props: QueueProps): Queue {
    const { removalPolicy = RemovalPolicy.RETAIN } = this.#props;
    return new Queue(this, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, removalPolicy, ...props });
  }
}

/** Leaves half of the function’s concurrency to other callers, as far as the lower limit allows. */
function concurrencyFor({ reservedConcurrency }: RostbeefFunction): number {
  if (reservedConcurrency === undefined) return DEFAULT_CONCURRENCY;
  return Math.max(LEAST_CONCURRENCY, Math.floor(reservedConcurrency / 2));
}
