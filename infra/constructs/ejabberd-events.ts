import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { AccountPrincipal, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
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
  /** Other accounts that may put events on the bus, if it is made here. @default - this account only */
  readonly accounts?: readonly string[] | undefined;
  /** The `source` of events that count. @default - all of them */
  readonly sources?: readonly string[] | undefined;
  /**
   * How often a message is tried before it goes to the dead-letter queue. Stanzas without an idempotency table are tried
   * once, because a second try could send them twice.
   *
   * @default - as often as six hours without ejabberd take
   */
  readonly maxReceiveCount?: number | undefined;
  /**
   * Invocations of one function at a time for its queue, at least 2.
   *
   * @default - half of what is reserved for the function, so that other callers get through; 5 if nothing is reserved
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

/** For so long ejabberd may be unreachable without the loss of a message. */
const OUTAGE = Duration.hours(6);

/** Without reserved concurrency. */
const DEFAULT_CONCURRENCY = 5;

/** SQS takes no less for a function (`MaximumConcurrency` of an event source mapping). */
const LEAST_CONCURRENCY = 2;

/**
 * Events that ask for the methods that write: a rule for each sends them to a queue of its own, and the function takes them
 * from there in batches. `detail-type` is the method's name (`LinkContacts`), `detail` its input; docs/events has the schemas.
 *
 * A message that failed comes again after a fixed delay, the queue's visibility time-out. The queues are standard ones:
 * there is no order between a link and an unlink.
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
    this.bus = props.bus ?? this.#makeBus(props.accounts);
    this.queues = new Map(
      catalogue.filter(({ writes }) => writes).map((method) => [method.name, this.#queueOf(method.name)]),
    );
  }

  #makeBus(accounts: readonly string[] = []): EventBus {
    const bus = new EventBus(this, 'Bus', { description: 'Events that ask for ejabberd’s methods' });
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
    const deadLetters = this.#queue(`${type}DeadLetters`, { retentionPeriod: MAX_DAYS });
    const reason = 'Messages that failed too often end here.';
    // AWS's advice for a queue in front of a function: six times its time-out.
    const visibilityTimeout = Duration.seconds(6 * called.timeout.toSeconds());
    Validations.of(deadLetters).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    );
    const queue = this.#queue(type, {
      retentionPeriod: MAX_DAYS,
      visibilityTimeout,
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: this.#maxReceiveCount(name, visibilityTimeout) },
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

  /** A stanza that was sent must not come again, and without a table it is not known to have been sent. */
  #maxReceiveCount(name: MethodName, delay: Duration): number {
    const isRepeatable = catalogue.some((method) => method.name === name && method.idempotent);
    if (!isRepeatable && this.#props.rostbeef.props.idempotency === undefined) return 1;
    return this.#props.maxReceiveCount ?? 1 + Math.ceil(OUTAGE.toSeconds() / delay.toSeconds());
  }

  /** In this construct's own stack, because the function knows nothing of its queue. */
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
    Validations.of(source).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'The redrive policy of the queue itself moves a message that failed too often.',
    });
  }

  #queue(id: string, props: QueueProps): Queue {
    const { removalPolicy } = this.#props;
    return new Queue(this, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, removalPolicy, ...props });
  }
}

/** A queue leaves half of a function to other callers, as far as SQS lets it. */
function concurrencyFor({ reservedConcurrency }: RostbeefFunction): number {
  if (reservedConcurrency === undefined) return DEFAULT_CONCURRENCY;
  return Math.max(LEAST_CONCURRENCY, Math.floor(reservedConcurrency / 2));
}
