import { RemovalPolicy } from 'aws-cdk-lib';
import {
  ApplicationLogLevel,
  Architecture,
  LoggingFormat,
  Runtime,
  RuntimeFamily,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';

/** Node.js 24, given by its name, because releases of the CDK before 2.224 have no constant for it. */
export const NODE_RUNTIME = new Runtime('nodejs24.x', RuntimeFamily.NODEJS, { supportsInlineCode: true });

/** The settings that every Lambda function has. */
export const FUNCTION_SETTINGS = {
  runtime: NODE_RUNTIME,
  architecture: Architecture.ARM_64,
  handler: 'index.handler',
  tracing: Tracing.ACTIVE,
  loggingFormat: LoggingFormat.JSON,
  // The log line of a successful call has level INFO, and contains its metrics.
  applicationLogLevelV2: ApplicationLogLevel.INFO,
  // Lambda’s report of each invocation, with its memory, has level INFO.
  systemLogLevelV2: SystemLogLevel.INFO,
  // A rollback points the alias at an old version. The version of a failed deployment is deleted, because Lambda
  // publishes the same code only once, so that CloudFormation could not deploy it again.
  currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
} as const;
