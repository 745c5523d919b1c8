import { Stack, type StackProps } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-context.ts';
import type { EjabberdFunctions } from '../constructs/ejabberd-functions.ts';
import { EjabberdWorkflows } from '../constructs/ejabberd-workflows.ts';
import { removalPolicyOf } from './policies.ts';
import { publish } from './publish.ts';

/** The constructs that the state machines call. */
export interface WorkflowsStackProps extends StackProps {
  readonly rostbeef: EjabberdFunctions;
}

/**
 * The state machines and their bucket.
 *
 * Without `workflows=true` the stack has a parameter only. It must not be absent, because `cdk deploy --all` leaves a stack
 * that is no longer in the app as it is.
 */
export class WorkflowsStack extends Stack {
  readonly workflows: EjabberdWorkflows | undefined;

  constructor(scope: Construct, id: string, config: Configuration, { rostbeef, ...props }: WorkflowsStackProps) {
    super(scope, id, props);
    new StringParameter(this, 'Switch', {
      parameterName: `/rostbeef/${config.environment}/workflows`,
      stringValue: String(config.workflows),
      description: 'Whether there are state machines.',
    });
    if (config.workflows) this.workflows = this.#workflows(config, rostbeef);
  }

  #workflows(config: Configuration, rostbeef: EjabberdFunctions): EjabberdWorkflows {
    const { workflowBucketName: name } = config;
    const workflows = new EjabberdWorkflows(this, 'Workflows', {
      rostbeef,
      bucket: name === undefined ? undefined : Bucket.fromBucketName(this, 'Bucket', name),
      concurrency: config.workflowConcurrency,
      logExecutionData: config.workflowExecutionData,
      removalPolicy: removalPolicyOf(config),
    });
    publish(this, config, {
      output: 'BulkArn',
      parameter: 'bulk-arn',
      value: workflows.bulk.stateMachineArn,
      description: 'Start it with {"key": "<file in the bucket>"}.',
    });
    publish(this, config, {
      output: 'OnboardingArn',
      parameter: 'onboarding-arn',
      value: workflows.onboarding.stateMachineArn,
      description: 'Start it with a user and a team.',
    });
    publish(this, config, {
      output: 'WorkflowBucket',
      parameter: 'workflow-bucket',
      value: workflows.bucket.bucketName,
      description: 'Upload files of operations here.',
    });
    return workflows;
  }
}
