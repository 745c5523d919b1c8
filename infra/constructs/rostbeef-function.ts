import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, type Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  Code,
  type ILayerVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENVIRONMENT_LIMIT_BYTES, tooLarge } from '../environment-size.ts';
import { countPlatformFailures } from './platform-failures.ts';

/** Where functions run. */
export interface Placement {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** Everything that the functions may reach is in its egress rules. */
  readonly securityGroup: ISecurityGroup;
  /** The URL of an endpoint for Secrets Manager. @default - that which the name of the service leads to */
  readonly secretsManagerUrl?: string | undefined;
}

/** What a {@link RostbeefFunction} is made of. */
export interface RostbeefFunctionProps extends Placement {
  /** The folder with `index.cjs`, as the build wrote it. */
  readonly folder: string;
  readonly layer: ILayerVersion;
  /** What the function does, in a line. */
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  /** Megabytes; CPU comes in proportion. @default 512 */
  readonly memorySize?: number;
  /** @default - nothing is reserved */
  readonly reservedConcurrency?: number | undefined;
  /** @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays | undefined;
  /** Whether the logs outlive the function. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
  /** The namespace of the metrics of crashes, time-outs and memory. @default rostbeef */
  readonly metricNamespace?: string | undefined;
}

/** What Lambda itself does for a function in a VPC; it has no resource to name (Lambda's developer guide, "execution role"). */
const NETWORK_INTERFACE_ACTIONS: readonly string[] = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * One function as all of them are: Node.js 24 on arm64, in the VPC, JSON logs, active tracing, a role of its own that
 * may do nothing but that, and the alias `live`, by which everything else refers to it.
 *
 * @example
 * new RostbeefFunction(this, 'GetRoster', { ...placement, layer, folder: 'dist/functions/get-roster', … }).alias
 */
export class RostbeefFunction extends Construct implements IGrantable {
  /** The published version in use. */
  readonly alias: Alias;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly function: LambdaFunction;
  readonly timeout: Duration;
  readonly reservedConcurrency: number | undefined;

  constructor(scope: Construct, id: string, props: RostbeefFunctionProps) {
    super(scope, id);
    this.timeout = props.timeout;
    this.reservedConcurrency = props.reservedConcurrency;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(this.role);
    this.#allowNetworkInterfaces();
    requireRoom(props.environment);
    const { memorySize = 512 } = props;
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(props.folder),
      layers: [props.layer],
      role: this.role,
      environment: { ...props.environment },
      timeout: props.timeout,
      memorySize,
      reservedConcurrentExecutions: props.reservedConcurrency,
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // A call's line has its metrics in it, and goes out at INFO when all is well.
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // Lambda's report of each invocation has its memory and its start.
      systemLogLevelV2: SystemLogLevel.INFO,
      vpc: props.vpc,
      vpcSubnets: props.subnets,
      securityGroups: [props.securityGroup],
      // Earlier versions stay, because a rollback points the alias at one of them. A version of a failed update is deleted,
      // because it would block the next update with the same code.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
    });
    countPlatformFailures(this, this.logGroup, props.metricNamespace ?? 'rostbeef', memorySize);
    this.alias = new Alias(this, 'Live', { aliasName: 'live', version: this.function.currentVersion });
    Validations.of(this.function).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason: 'Asynchronous invocations go to the alias, which has a destination for failures instead.',
    });
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Network interfaces and X-Ray segments have no resource that a policy could name.',
    });
  }

  get grantPrincipal() {
    return this.role.grantPrincipal;
  }

  /** Lets a caller invoke the alias. */
  grantInvoke(grantee: IGrantable): Grant {
    return this.alias.grantInvoke(grantee);
  }

  /**
   * For the Lambda service, and not for the function's own code: a request that comes from code carries the function's ARN.
   */
  #allowNetworkInterfaces(): void {
    const actions = [...NETWORK_INTERFACE_ACTIONS];
    this.role.addToPolicy(new PolicyStatement({ actions, resources: ['*'] }));
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions,
        resources: ['*'],
        conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
      }),
    );
  }
}

/** CloudFormation would find it out in the midst of a deployment. */
function requireRoom(environment: Readonly<Record<string, string>>): void {
  const largest = tooLarge(environment);
  if (largest.length === 0) return;
  const names = largest.map(([name, bytes]) => `${name} (${bytes} bytes)`).join(', ');
  throw new Error(`a function’s environment has room for ${ENVIRONMENT_LIMIT_BYTES} bytes: shorten ${names}`);
}
