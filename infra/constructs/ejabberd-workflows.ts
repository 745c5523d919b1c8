import { Arn, ArnFormat, Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  DefinitionBody,
  type IChainable,
  LogLevel,
  QueryLanguage,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { bulkWorkflow } from './bulk-workflow.ts';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import { onboardingWorkflow } from './onboarding-workflow.ts';
import { PreparingFunction } from './preparing-function.ts';
import { acknowledgeWildcards } from './wildcards.ts';
import { workflowBucket } from './workflow-bucket.ts';

/** The properties of {@link EjabberdWorkflows}. */
export interface EjabberdWorkflowsProps {
  /** The functions that the state machines call. */
  readonly rostbeef: EjabberdFunctions;
  /** Where files of operations and their results are. @default - a new bucket, which keeps objects for 30 days */
  readonly bucket?: IBucket | undefined;
  /**
   * Operations at a time, at most the reserved concurrency of a function.
   *
   * @default - half of the reserved concurrency, because queues may take the other half; at most 10, at least 1
   */
  readonly concurrency?: number | undefined;
  /** Percent of a bulk's operations that may fail before the rest is given up. @default 5 */
  readonly toleratedFailurePercentage?: number | undefined;
  /** Whether inputs and outputs are logged. They hold nicks and stanzas. @default false */
  readonly logExecutionData?: boolean | undefined;
  /** How long logs are kept. @default - as the logs of the functions */
  readonly logRetention?: RetentionDays | undefined;
  /** The removal policy of the bucket and the logs. @default - as that of the functions */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** The most operations at a time by default. It fits into the default concurrency of an account. */
const DEFAULT_CONCURRENCY = 10;

/** A million operations take some hours. An execution can be redriven for 14 days. */
const BULK_TIMEOUT = Duration.days(2);
const ONBOARDING_TIMEOUT = Duration.hours(1);

/**
 * Two state machines in JSONata: `bulk` does the operations of a file, and `onboarding` links a new user with a team.
 * docs/workflows.md says how to start them, and what they cost.
 *
 * @example
 * const { bulk } = new EjabberdWorkflows(this, 'Workflows', { rostbeef });
 * bulk.grantStartExecution(caller);
 */
export class EjabberdWorkflows extends Construct {
  /** The bucket for files of operations and their results. */
  readonly bucket: IBucket;
  /** The state machine that does the operations of a file. */
  readonly bulk: StateMachine;
  /** The state machine that links a new user with a team. */
  readonly onboarding: StateMachine;
  readonly #props: EjabberdWorkflowsProps;

  constructor(scope: Construct, id: string, props: EjabberdWorkflowsProps) {
    super(scope, id);
    this.#props = props;
    const { rostbeef, toleratedFailurePercentage = 5 } = props;
    const concurrency = concurrencyFor(rostbeef, props.concurrency);
    const { logRetention, removalPolicy } = this.#kept();
    const { metricNamespace } = rostbeef.props;
    this.bucket = props.bucket ?? workflowBucket(this, 'Bucket', removalPolicy);
    const { bucket } = this;
    const { alias: prepare } = new PreparingFunction(this, 'Prepare', {
      bucket,
      logRetention,
      removalPolicy,
      metricNamespace,
    });
    this.bulk = this.#machine('Bulk', BULK_TIMEOUT, (states) =>
      bulkWorkflow(states, { rostbeef, bucket, prepare, concurrency, toleratedFailurePercentage }),
    );
    this.onboarding = this.#machine('Onboarding', ONBOARDING_TIMEOUT, (states) =>
      onboardingWorkflow(states, { rostbeef, concurrency }),
    );
    this.#acknowledge();
  }

  #kept() {
    const { logRetention = RetentionDays.ONE_MONTH, removalPolicy = RemovalPolicy.RETAIN } = this.#props.rostbeef.props;
    return {
      logRetention: this.#props.logRetention ?? logRetention,
      removalPolicy: this.#props.removalPolicy ?? removalPolicy,
    };
  }

  #machine(id: string, timeout: Duration, definition: (states: Construct) => IChainable): StateMachine {
    const { logRetention, removalPolicy } = this.#kept();
    return new StateMachine(this, id, {
      definitionBody: DefinitionBody.fromChainable(definition(new Construct(this, `${id}States`))),
      queryLanguage: QueryLanguage.JSONATA,
      stateMachineType: StateMachineType.STANDARD,
      timeout,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, `${id}Logs`, { retention: logRetention, removalPolicy }),
        level: LogLevel.ERROR,
        includeExecutionData: this.#props.logExecutionData ?? false,
      },
    });
  }

  #acknowledge(): void {
    const { bucket, bulk } = this;
    const stack = Stack.of(this);
    const { resourceName: name } = Arn.split(bulk.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME);
    const states = (resource: string, resourceName: string) =>
      stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    // The CDK's reader and writer of a map name the objects so.
    const objects = `arn:${Aws.PARTITION}:s3:::${bucket.bucketName}/*`;
    acknowledgeWildcards(
      this,
      [bucket.arnForObjects('*'), objects, bucket.arnForObjects('runs/*')],
      'The names of files of operations and results are not known at deployment.',
    );
    acknowledgeWildcards(
      this,
      [
        states('execution', `${name}:*`),
        states('execution', `${name}/Operations:*`),
        states('mapRun', '*/Operations:*'),
      ],
      'A distributed map starts, stops and counts executions of its own machine, whose names are not known at deployment.',
    );
    acknowledgeWildcards(this, ['*'], 'Traces and the delivery of logs have no resource that a policy could name.');
    acknowledge(this, {
      id: 'AwsSolutions-SF1',
      reason: 'Errors are logged. All events of a million executions would cost more than the executions.',
    });
  }
}

/** Queues may take half of what is reserved, so that by default the other half is left. */
function concurrencyFor({ functions }: EjabberdFunctions, wanted: number | undefined): number {
  const reserved = Math.min(
    ...[...functions.values()].map(({ reservedConcurrency = Number.POSITIVE_INFINITY }) => reservedConcurrency),
  );
  if (wanted !== undefined) return Math.min(wanted, reserved);
  return Math.max(1, Math.min(DEFAULT_CONCURRENCY, Math.floor(reserved / 2)));
}
