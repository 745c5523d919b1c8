import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LayerVersion,
  LoggingFormat,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { built, folderOf } from './built.ts';
import { NODE_RUNTIME } from './node-runtime.ts';
import { countPlatformFailures } from './platform-failures.ts';

/** The properties of {@link PreparingFunction}. */
export interface PreparingFunctionProps {
  readonly bucket: IBucket;
  /** @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays | undefined;
  /** Whether the logs outlive the function. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
  /** The namespace of the metrics of crashes, time-outs and memory. @default rostbeef */
  readonly metricNamespace?: string | undefined;
}

/** It holds two parts of 5 MiB for each of two files, whatever the size of the input. The rest is for CPU. */
const MEMORY_MB = 1024;

/**
 * The function that turns a file of operations into the items of a map. It is outside the VPC, because it reaches S3 only,
 * and it may read and write the bucket and nothing else.
 */
export class PreparingFunction extends Construct {
  /** The published version in use. */
  readonly alias: Alias;

  constructor(scope: Construct, id: string, props: PreparingFunctionProps) {
    super(scope, id);
    const { bucket, logRetention, removalPolicy = RemovalPolicy.RETAIN, metricNamespace = 'rostbeef' } = props;
    const logGroup = new LogGroup(this, 'Logs', { retention: logRetention, removalPolicy });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [bucket.arnForObjects('*')],
      }),
    );
    // Without it, S3 tells AccessDenied of an object that is not there.
    role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
    const prepares = new LambdaFunction(this, 'Function', {
      description: 'Checks a file of operations and writes the items of a map',
      runtime: NODE_RUNTIME,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(folderOf('prepare')),
      // A layer of its own, because a stack does not refer to another's layer.
      layers: [new LayerVersion(this, 'Layer', { code: Code.fromAsset(built().layer), license: 'Apache-2.0' })],
      role,
      timeout: Duration.minutes(15),
      memorySize: MEMORY_MB,
      tracing: Tracing.ACTIVE,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.INFO,
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    countPlatformFailures(this, logGroup, metricNamespace, MEMORY_MB);
    this.alias = new Alias(this, 'Live', { aliasName: 'live', version: prepares.currentVersion });
    acknowledge(prepares, {
      id: 'Serverless-LambdaDLQ',
      reason: 'A state machine invokes it synchronously, and gets its errors.',
    });
  }
}
