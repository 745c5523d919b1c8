import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, type Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Code, type ILayerVersion, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENVIRONMENT_LIMIT_BYTES, tooLarge } from '../environment-size.ts';
import { acknowledge } from './acknowledge.ts';
import { FUNCTION_SETTINGS } from './function-settings.ts';
import { countPlatformFailures } from './platform-failures.ts';

/** The network of functions. */
export interface Placement {
  /** The VPC of the functions. */
  readonly vpc: IVpc;
  /** The subnets of the functions. */
  readonly subnets: SubnetSelection;
  /** The group of the functions. Its egress rules list everything that they may reach. */
  readonly securityGroup: ISecurityGroup;
  /** The URL of a VPC endpoint for Secrets Manager. @default - the service’s own host name */
  readonly secretsManagerUrl?: string | undefined;
}

/** Properties of a {@link RostbeefFunction}. */
export interface RostbeefFunctionProps extends Placement {
  /** The folder with the built `index.cjs`. */
  readonly folder: string;
  /** The layer with the shared code. */
  readonly layer: ILayerVersion;
  /** The purpose of the function, in a line. */
  readonly description: string;
  /** Environment variables, at most 4 KB. */
  readonly environment: Readonly<Record<string, string>>;
  /** Lambda’s limit for an invocation. */
  readonly timeout: Duration;
  /** Megabytes. CPU is in proportion to memory. @default 512 */
  readonly memorySize?: number;
  /** The most invocations at a time, which Lambda also keeps free for the function. @default - no limit */
  readonly reservedConcurrency?: number | undefined;
  /** How long logs are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays | undefined;
  /** The removal policy of the logs. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
  /** The namespace of the metrics for crashes, time-outs and memory. @default rostbeef */
  readonly metricNamespace?: string | undefined;
}

/** The calls that Lambda makes for a function in a VPC (Lambda’s developer guide, “execution role”). */
const NETWORK_INTERFACE_ACTIONS: readonly string[] = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * A function with the settings that all functions share: Node.js 24 on arm64, the VPC, JSON logs, active tracing, a
 * least-privilege role of its own, and the alias `live`. Refer to the alias, not to the function.
 *
 * @throws Error if the environment has more than 4 KB
 *
 * @example
 * new RostbeefFunction(this, 'GetRoster', { ...placement, layer, folder: 'dist/functions/get-roster', … }).alias
 */
export class RostbeefFunction extends Construct implements IGrantable {
  /** The alias `live`, which points at the published version in use. */
  readonly alias: Alias;
  /** The function’s execution role. */
  readonly role: Role;
  /** The function’s log group. */
  readonly logGroup: LogGroup;
  /** The function itself. */
  readonly function: LambdaFunction;
  /** Lambda’s limit for an invocation. */
  readonly timeout: Duration;
  /** The reserved concurrency. `undefined` if none is reserved. */
  readonly reservedConcurrency: number | undefined;

  constructor(scope: Construct, id: string, props: RostbeefFunctionProps) {
    super(scope, id);
    this.timeout = props.timeout;
    this.reservedConcurrency = props.reservedConcurrency;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(this.role);
    this.#allowNetworkInterfaces();
    requireRoom(props.environment);
    const { memorySize = 512 } = props;
    this.function = new LambdaFunction(this, 'Function', {
      ...FUNCTION_SETTINGS,
      description: props.description,
      code: Code.fromAsset(props.folder),
      layers: [props.layer],
      role: this.role,
      environment: { ...props.environment },
      timeout: props.timeout,
      memorySize,
      reservedConcurrentExecutions: props.reservedConcurrency,
      logGroup: this.logGroup,
      vpc: props.vpc,
      vpcSubnets: props.subnets,
      securityGroups: [props.securityGroup],
    });
    countPlatformFailures(this, this.logGroup, props.metricNamespace ?? 'rostbeef', memorySize);
    this.alias = new Alias(this, 'Live', { aliasName: 'live', version: this.function.currentVersion });
    acknowledge(this.function, {
      id: 'Serverless-LambdaDLQ',
      reason: 'Asynchronous invocations use the alias, which has a destination for failures instead.',
    });
    acknowledge(this.role, {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Network interfaces and X-Ray segments have no resource-level permissions.',
    });
  }

  /** The principal of the function’s role. */
  get grantPrincipal() {
    return this.role.grantPrincipal;
  }

  /**
   * Allows an identity to invoke the alias.
   *
   * @param grantee the identity
   */
  grantInvoke(grantee: IGrantable): Grant {
    return this.alias.grantInvoke(grantee);
  }

  /** Allows the Lambda service only. Requests of the function’s own code carry `lambda:SourceFunctionArn`, and are denied. */
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

/** Finds the problem at synthesis, because Lambda would refuse the function in the middle of a deployment. */
function requireRoom(environment: Readonly<Record<string, string>>): void {
  const largest = tooLarge(environment);
  if (largest.length === 0) return;
  const names = largest.map(([name, bytes]) => `${name} (${bytes} bytes)`).join(', ');
  throw new Error(`expected at most ${ENVIRONMENT_LIMIT_BYTES} bytes of environment variables: shorten ${names}`);
}
