import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Architecture, Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { catalogue, type MethodName } from 'rostbeef-layer';
import { acknowledge } from './acknowledge.ts';
import { built, folderOf } from './built.ts';
import { divideConnections } from './concurrency.ts';
import type { EjabberdIdempotency } from './ejabberd-idempotency.ts';
import { EjabberdNetwork } from './ejabberd-network.ts';
import type { EjabberdSecret } from './ejabberd-secret.ts';
import { NODE_RUNTIME } from './function-settings.ts';
import { type Placement, RostbeefFunction, type RostbeefFunctionProps } from './rostbeef-function.ts';

/** The methods that read whole rosters. Four responses of 16 MiB at a time take about 600 MB. */
const ROSTER_READERS: readonly MethodName[] = [
  'link_contacts',
  'unlink_contacts',
  'get_roster',
  'get_roster_with_presence',
];

/** How the functions call ejabberd. */
export interface EjabberdProps {
  /** `http(s)://host:port/path` of `ejabberd_xmlrpc`. */
  readonly url: string;
  /** The certificate of the authority to trust for ejabberd, in PEM. @default - the authorities that Node.js trusts */
  readonly caPem?: string | undefined;
  /** Milliseconds for a whole call. The functions’ time-out is three seconds longer. @default 10000 */
  readonly timeoutMs?: number | undefined;
  /** More environment variables of the functions, such as `EJABBERD_SERVERS`. docs/settings.md lists them. @default - none */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** Properties of {@link EjabberdFunctions}. `vpc` and `ejabberd` are required. */
export interface EjabberdFunctionsProps {
  /** The functions run in its private subnets, or in isolated ones if it has no others. */
  readonly vpc: IVpc;
  /** How the functions call ejabberd. */
  readonly ejabberd: EjabberdProps;
  /** The ejabberd account that the functions call as. @default - calls have no credentials */
  readonly secret?: EjabberdSecret | undefined;
  /** The table of idempotency keys. The placement must reach DynamoDB. @default - a repeated stanza is sent again */
  readonly idempotency?: EjabberdIdempotency | undefined;
  /** The subnets and the security group. @default - an {@link EjabberdNetwork} in the VPC */
  readonly placement?: Placement | undefined;
  /**
   * The most connections to ejabberd at a time, of all functions together, at least 9. The doctor and a rotation take two of
   * them.
   *
   * @default - no limit, and no concurrency is reserved
   */
  readonly maxConcurrency?: number | undefined;
  /** The metrics’ namespace. Each deployment in an account and Region needs its own. @default rostbeef */
  readonly metricNamespace?: string | undefined;
  /** How long logs are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays | undefined;
  /** The removal policy of logs and failed events. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** Properties of a function that {@link EjabberdFunctions.add} adds. */
export interface AddedFunctionProps
  extends Pick<RostbeefFunctionProps, 'folder' | 'description' | 'timeout' | 'memorySize' | 'reservedConcurrency'> {
  /** More environment variables than all functions have. @default - none */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** The connections of the doctor and the rotation, one each. */
export const CONNECTIONS_OF_OTHERS = 2;

/** Time to log and respond after a call has reached its deadline. */
const SECONDS_BEYOND_DEADLINE = 3;

/**
 * The layer and the seven functions.
 *
 * A function has 512 MB. With 128 MB a warm call takes four times as long, because Lambda gives CPU in proportion to memory
 * (14 ms instead of 3.4 ms, by maxday/lambda-perf). The four that read rosters have 1,024 MB, because decoding needs CPU and
 * three times the size of the response.
 *
 * @throws Error if `maxConcurrency` is less than 9, or the environment has more than 4 KB
 *
 * @example
 * new EjabberdFunctions(this, 'Rostbeef', { vpc, ejabberd: { url: 'https://xmpp.internal:5443/xmlrpc' } })
 */
export class EjabberdFunctions extends Construct {
  /** The functions by method. Refer to their `alias`. */
  readonly functions: ReadonlyMap<MethodName, RostbeefFunction>;
  /** The layer that the functions share. */
  readonly layer: LayerVersion;
  /** The subnets and the security group of the functions. */
  readonly placement: Placement;
  /**
   * Gets the events of failed asynchronous invocations, for example by EventBridge. Lambda first retries them twice. It does
   * not retry a stanza, because the stanza may have been sent. That is so with a table too, because a direct caller may give
   * no idempotency key.
   */
  readonly failedEvents: Queue;
  /** The environment variables that all functions have. */
  readonly environment: Readonly<Record<string, string>>;
  /** The properties that the construct was made with. */
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
      description: 'The code that the rostbeef functions share: methods, event sources, XML-RPC client, errors',
      code: Code.fromAsset(built().layer),
      compatibleRuntimes: [NODE_RUNTIME],
      compatibleArchitectures: [Architecture.ARM_64],
      license: 'Apache-2.0',
    });
    this.failedEvents = new Queue(this, 'FailedEvents', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    acknowledge(
      this.failedEvents,
      { id: 'AwsSolutions-SQS3', reason: 'It is the destination of failed events.' },
      { id: 'Serverless-SQSRedrivePolicy', reason: 'It is the destination of failed events.' },
    );
    const shares =
      maxConcurrency === undefined
        ? undefined
        : divideConnections(maxConcurrency, catalogue.length, CONNECTIONS_OF_OTHERS);
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
   * Adds a function that calls the same ejabberd as the same account.
   *
   * @param id the id of the new construct
   * @param props the properties that differ from the seven functions
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
