import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { catalogue, type MethodName } from 'rostbeef-layer';
import { built, folderOf } from './built.ts';
import { divideConnections } from './concurrency.ts';
import type { EjabberdIdempotency } from './ejabberd-idempotency.ts';
import { EjabberdNetwork } from './ejabberd-network.ts';
import type { EjabberdSecret } from './ejabberd-secret.ts';
import { type Placement, RostbeefFunction, type RostbeefFunctionProps } from './rostbeef-function.ts';

/** The methods that read whole rosters. Four answers of 16 MiB at a time take some 600 MB. */
const ROSTER_READERS: readonly MethodName[] = [
  'link_contacts',
  'unlink_contacts',
  'get_roster',
  'get_roster_with_presence',
];

/** The ejabberd that the functions talk to, and how. */
export interface EjabberdProps {
  /** `http(s)://host:port/path` of `ejabberd_xmlrpc`. */
  readonly url: string;
  /** Certificates of the authority to trust for it, in PEM. @default - those that Node.js trusts */
  readonly caPem?: string | undefined;
  /** Milliseconds for a whole call. @default 10000 */
  readonly timeoutMs?: number | undefined;
  /** Further settings of the functions, by the names in `docs/settings.md`, such as `EJABBERD_SERVERS`. @default - none */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** What {@link EjabberdFunctions} needs; two members are enough. */
export interface EjabberdFunctionsProps {
  /** Where the functions run: its private subnets, isolated ones where there are no others. */
  readonly vpc: IVpc;
  readonly ejabberd: EjabberdProps;
  /** The account to call ejabberd as. @default - calls go out without credentials */
  readonly secret?: EjabberdSecret | undefined;
  /** Keeps the keys of `send_stanza`; the placement has to reach DynamoDB. @default - what comes again is sent again */
  readonly idempotency?: EjabberdIdempotency | undefined;
  /** Subnets and security group. @default - an {@link EjabberdNetwork} in the VPC */
  readonly placement?: Placement | undefined;
  /**
   * The most connections to ejabberd at a time, of all functions together; the doctor and a rotation take two of them.
   *
   * @default - no limit: no concurrency is reserved
   */
  readonly maxConcurrency?: number | undefined;
  /** The metrics' namespace; two deployments in an account and Region need two. @default rostbeef */
  readonly metricNamespace?: string | undefined;
  /** @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays | undefined;
  /** Whether logs outlive the functions. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** What an added function has of its own. */
export interface AddedFunctionProps
  extends Pick<RostbeefFunctionProps, 'folder' | 'description' | 'timeout' | 'memorySize' | 'reservedConcurrency'> {
  /** Beside what all of them have. @default - nothing */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** The doctor and the rotation make one connection each. */
export const CONNECTIONS_OF_OTHERS = 2;

/** To log and answer in, once a call has met its deadline. */
const SECONDS_BEYOND_DEADLINE = 3;

/**
 * The layer, and the seven functions on it.
 *
 * Memory is 512 MB: at 128 MB Lambda gives so little CPU that a warm call takes four times as long (14 ms for 3.4, by
 * maxday/lambda-perf), and a roster of 16 MiB takes three times its size. The two that read rosters have 1,024 MB, for
 * decoding thousands of contacts is all CPU.
 *
 * @example
 * new EjabberdFunctions(this, 'Rostbeef', { vpc, ejabberd: { url: 'https://xmpp.internal:5443/xmlrpc' } })
 */
export class EjabberdFunctions extends Construct {
  /** The functions by method. Refer to their `alias`. */
  readonly functions: ReadonlyMap<MethodName, RostbeefFunction>;
  readonly layer: LayerVersion;
  readonly placement: Placement;
  /**
   * Where an event ends that was invoked asynchronously, by EventBridge for one, and failed: after Lambda's two retries,
   * for a stanza, which may have been taken, after none. A table changes nothing about that: whoever invokes the function
   * directly, and not by EventBridge, may give no key.
   */
  readonly failedEvents: Queue;
  /** What every function of this deployment finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly props: EjabberdFunctionsProps;

  constructor(scope: Construct, id: string, props: EjabberdFunctionsProps) {
    super(scope, id);
    this.props = props;
    const { vpc, ejabberd, secret, idempotency, maxConcurrency } = props;
    const { timeoutMs = 10_000 } = ejabberd;
    this.placement = props.placement ?? new EjabberdNetwork(this, 'Network', { vpc, ejabberdUrl: ejabberd.url });
    const { secretsManagerUrl } = this.placement;
    this.environment = {
      EJABBERD_URL: ejabberd.url,
      EJABBERD_TIMEOUT_MS: String(timeoutMs),
      ...(ejabberd.caPem !== undefined && { EJABBERD_CA_PEM: ejabberd.caPem }),
      ...(props.metricNamespace !== undefined && { EJABBERD_METRIC_NAMESPACE: props.metricNamespace }),
      ...(secret !== undefined && { EJABBERD_SECRET_ARN: secret.secret.secretArn }),
      ...(secretsManagerUrl !== undefined && { AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManagerUrl }),
      ...ejabberd.environment,
    };
    this.layer = new LayerVersion(this, 'Layer', {
      description: 'What the rostbeef functions share: methods, doors, XML-RPC client, error mapping',
      code: Code.fromAsset(built().layer),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      compatibleArchitectures: [Architecture.ARM_64],
      license: 'Apache-2.0',
    });
    this.failedEvents = new Queue(this, 'FailedEvents', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: props.removalPolicy,
    });
    Validations.of(this.failedEvents).acknowledge(
      { id: 'AwsSolutions-SQS3', reason: 'It is where failed events end.' },
      { id: 'Serverless-SQSRedrivePolicy', reason: 'It is where failed events end.' },
    );
    const shares = maxConcurrency && divideConnections(maxConcurrency, catalogue.length, CONNECTIONS_OF_OTHERS);
    this.functions = new Map(
      catalogue.map(({ name, summary, idempotent }) => [
        name,
        this.add(name, {
          folder: folderOf(name),
          description: summary,
          timeout: Duration.seconds(Math.ceil(timeoutMs / 1000) + SECONDS_BEYOND_DEADLINE),
          memorySize: ROSTER_READERS.includes(name) ? 1024 : 512,
          ...(shares && { reservedConcurrency: shares.reservedConcurrency }),
          environment: {
            ...(shares && { EJABBERD_MAX_CONNECTIONS: String(shares.connections) }),
            ...(idempotency && !idempotent && { EJABBERD_IDEMPOTENCY_TABLE: idempotency.table.tableName }),
          },
        }),
      ]),
    );
    for (const { name, idempotent } of catalogue) {
      const called = this.functions.get(name);
      if (called !== undefined && !idempotent) idempotency?.grantKeep(called.role);
      called?.alias.configureAsyncInvoke({
        retryAttempts: idempotent ? 2 : 0,
        onFailure: new SqsDestination(this.failedEvents),
      });
    }
  }

  /**
   * Adds a function that talks to the same ejabberd, as the same account.
   *
   * @param props what differs from the seven
   */
  add(id: string, { environment, ...props }: AddedFunctionProps): RostbeefFunction {
    const { secret, logRetention, removalPolicy, metricNamespace } = this.props;
    const added = new RostbeefFunction(this, id, {
      ...this.placement,
      layer: this.layer,
      logRetention,
      removalPolicy,
      metricNamespace,
      environment: { ...this.environment, ...environment },
      ...props,
    });
    secret?.grantRead(added);
    return added;
  }
}
