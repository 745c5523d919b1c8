import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Code, Function as LambdaFunction, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { built, folderOf } from './built.ts';
import { FUNCTION_SETTINGS } from './function-settings.ts';
import { countPlatformFailures } from './platform-failures.ts';

/** The properties of {@link PreparingFunction}. */
export interface PreparingFunctionProps {
  /** The bucket with the files. */
  readonly bucket: IBucket;
  /** How long logs are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays | undefined;
  /** The removal policy of the logs. @default RemovalPolicy.RETAIN */
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
    const { bucket, metricNamespace = 'rostbeef' } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [bucket.arnForObjects('*')],
      }),
    );
    // Without this permission, S3 answers AccessDenied for an object that does not exist.
    role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
    const prepares = new LambdaFunction(this, 'Function', {
      ...FUNCTION_SETTINGS,
      description: 'Checks a file of operations and writes the items of a map',
      code: Code.fromAsset(folderOf('prepare')),
      // A layer of its own, because a stack does not refer to another's layer.
      layers: [new LayerVersion(this, 'Layer', { code: Code.fromAsset(built().layer), license: 'Apache-2.0' })],
      role,
      timeout: Duration.minutes(15),
      memorySize: MEMORY_MB,
      logGroup,
    });
    countPlatformFailures(this, logGroup, metricNamespace, MEMORY_MB);
    this.alias = new Alias(this, 'Live', { aliasName: 'live', version: prepares.currentVersion });
    acknowledge(prepares, {
      id: 'Serverless-LambdaDLQ',
      reason: 'A state machine invokes it synchronously, and gets its errors.',
    });
  }
}
