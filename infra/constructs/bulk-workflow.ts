/** The definition of the bulk state machine. */
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DistributedMap,
  type IChainable,
  OutputType,
  ResultWriterV2,
  S3JsonLItemReader,
  StateMachineType,
  TaskInput,
  Timeout,
  Transformation,
  WriterConfig,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService, LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { catalogue } from 'rostbeef-layer';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import { REPEAT_AFTER_ALL, retriersOf } from './retries.ts';
import { RostbeefTask, repeat } from './rostbeef-task.ts';

/** The parts of the machine. */
export interface BulkWorkflowProps {
  readonly rostbeef: EjabberdFunctions;
  readonly bucket: IBucket;
  /** The alias of the function that prepares a file. */
  readonly prepare: IAlias;
  /** Operations at a time. */
  readonly concurrency: number;
  /** The share of operations that may fail before the rest is given up. */
  readonly toleratedFailurePercentage: number;
}

const RUN = '$states.context.Execution.Name';

/** The most unknown outcomes that are counted, because the listing must fit into a state's 256 KiB. */
const MOST_UNKNOWN = 100;

/**
 * Prepares the file that the input names by `key`, does each operation in an Express execution of its own, and reports.
 *
 * An operation that fails is written to the results with its name and input. A stanza of unknown outcome is kept as an
 * object of its own below `unknown/`, where no later run reads it, and its execution succeeds.
 */
export function bulkWorkflow(scope: Construct, props: BulkWorkflowProps): IChainable {
  const operations = new DistributedMap(scope, 'Operations', {
    comment: 'Does each operation in an execution of its own.',
    label: 'Operations',
    mapExecutionType: StateMachineType.EXPRESS,
    maxConcurrency: props.concurrency,
    toleratedFailurePercentage: props.toleratedFailurePercentage,
    itemReader: new S3JsonLItemReader({ bucket: props.bucket, key: '{% $states.input.good.key %}' }),
    resultWriterV2: new ResultWriterV2({
      bucket: props.bucket,
      prefix: `{% 'runs/' & ${RUN} & '/results' %}`,
      writerConfig: new WriterConfig({ transformation: Transformation.COMPACT, outputType: OutputType.JSONL }),
    }),
    assign: { mapRun: '{% $states.result %}' },
  });
  operations.itemProcessor(operationOf(scope, props));
  return prepareTask(scope, props).next(operations).next(countTask(scope)).next(reportTask(scope, props));
}

function prepareTask(scope: Construct, { bucket, prepare, rostbeef }: BulkWorkflowProps): LambdaInvoke {
  const task = LambdaInvoke.jsonata(scope, 'Prepare', {
    comment: 'Checks each line of the file, and writes the good ones and the bad ones.',
    lambdaFunction: prepare,
    payload: TaskInput.fromObject({
      bucket: bucket.bucketName,
      key: '{% $states.input.key %}',
      run: `{% ${RUN} %}`,
      keepsKeys: rostbeef.props.idempotency !== undefined,
    }),
    retryOnServiceExceptions: false,
    taskTimeout: Timeout.duration(Duration.minutes(16)),
    outputs: '{% $states.result.Payload %}',
    assign: { prepared: '{% $states.result.Payload %}' },
  });
  repeat(task, retriersOf(true));
  return task;
}

/** One operation. Each stanza has a key, so that it may be repeated. */
function operationOf(scope: Construct, { rostbeef, bucket }: BulkWorkflowProps): IChainable {
  const choice = Choice.jsonata(scope, 'Method');
  for (const { name, idempotent } of catalogue.filter(({ writes }) => writes)) {
    const task = new RostbeefTask(scope, name, {
      rostbeef,
      method: name,
      input: '{% $states.input.input %}',
      hasKey: true,
    });
    if (!idempotent)
      task.addCatch(keepUnknown(scope, bucket), { errors: ['OutcomeUnknownError'], outputs: WITH_ERROR });
    choice.when(Condition.jsonata(`{% $states.input.method = '${name}' %}`), task);
  }
  return choice;
}

const WITH_ERROR =
  "{% $merge([$states.input, { 'error': $states.errorOutput.Error, 'cause': $states.errorOutput.Cause }]) %}";

function keepUnknown(scope: Construct, bucket: IBucket): CallAwsService {
  const task = CallAwsService.jsonata(scope, 'KeepUnknown', {
    comment: 'A person has to decide about it. No run sends it again.',
    service: 's3',
    action: 'putObject',
    iamAction: 's3:PutObject',
    iamResources: [bucket.arnForObjects('runs/*')],
    parameters: {
      Bucket: bucket.bucketName,
      Key: "{% 'runs/' & $states.input.run & '/unknown/' & $states.input.line & '.json' %}",
      Body: '{% $states.input %}',
    },
    outputs: { outcome: 'unknown', line: '{% $states.input.line %}' },
  });
  repeat(task, [REPEAT_AFTER_ALL]);
  return task;
}

function countTask(scope: Construct): CallAwsService {
  const task = CallAwsService.jsonata(scope, 'Count', {
    comment: 'Tells how many operations were done and how many failed.',
    service: 'sfn',
    action: 'describeMapRun',
    iamAction: 'states:DescribeMapRun',
    // The machine's own name is not known here.
    iamResources: [
      Stack.of(scope).formatArn({
        service: 'states',
        resource: 'mapRun',
        resourceName: '*/Operations:*',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
    parameters: { MapRunArn: '{% $mapRun.MapRunArn %}' },
    outputs: '{% $states.result.ItemCounts %}',
  });
  repeat(task, [REPEAT_AFTER_ALL]);
  return task;
}

function reportTask(scope: Construct, { bucket }: BulkWorkflowProps): CallAwsService {
  const task = CallAwsService.jsonata(scope, 'Report', {
    comment: 'Counts the stanzas of unknown outcome, and reports.',
    service: 's3',
    action: 'listObjectsV2',
    iamAction: 's3:ListBucket',
    iamResources: [bucket.bucketArn],
    parameters: {
      Bucket: bucket.bucketName,
      Prefix: `{% 'runs/' & ${RUN} & '/unknown/' %}`,
      MaxKeys: MOST_UNKNOWN,
    },
    outputs: {
      run: `{% ${RUN} %}`,
      operations: '{% $states.input.Total %}',
      failed: '{% $states.input.Total - $states.input.Succeeded %}',
      unknown: '{% $states.result.KeyCount %}',
      bad: '{% $prepared.bad %}',
      manifest: '{% $mapRun.ResultWriterDetails.Key %}',
    },
  });
  repeat(task, [REPEAT_AFTER_ALL]);
  return task;
}
