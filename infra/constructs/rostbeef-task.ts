import { Duration } from 'aws-cdk-lib';
import { JitterType, QueryLanguage, TaskInput, type TaskStateBase, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { catalogue, type MethodName } from 'rostbeef-layer';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import { type Retrier, retriersOf } from './retries.ts';

/** The properties of {@link RostbeefTask}. */
export interface RostbeefTaskProps {
  /** The functions, of which the task invokes one by its alias. */
  readonly rostbeef: Pick<EjabberdFunctions, 'functions'>;
  /** The method to call, such as `link_contacts`. */
  readonly method: MethodName;
  /** The input of the method: members whose values may hold JSONata in `{% %}`, or one expression for the whole input. */
  readonly input: Readonly<Record<string, unknown>> | string;
  /**
   * Whether the input has an `idempotencyKey`, so that a repeat of `send_stanza` is not sent again. Other methods ignore it.
   *
   * @default - whether `input` is an object with that member
   */
  readonly hasKey?: boolean | undefined;
  /** The state's output, which may hold JSONata. @default - the method's result */
  readonly outputs?: string | Readonly<Record<string, unknown>> | undefined;
  /** Variables to set. @default - none */
  readonly assign?: Readonly<Record<string, unknown>> | undefined;
  /** A comment on the state in the definition. @default - none */
  readonly comment?: string | undefined;
}

/** The time for a response to arrive after the function's own time-out. */
const SECONDS_BEYOND_TIMEOUT = 10;

const RESULT = '{% $states.result.Payload %}';

/**
 * Calls a method of the functions from a state machine in JSONata, and repeats it if a repeat is harmless.
 *
 * The retriers follow from the method and the error classes ({@link retriersOf}). CDK's default retries are off, because
 * they repeat `send_stanza` after its answer was lost. The output is the method's result. Handle errors by name with
 * `addCatch`.
 *
 * @example
 * new RostbeefTask(this, 'Link', {
 *   rostbeef,
 *   method: 'link_contacts',
 *   input: { jid1: '{% $states.input.jid %}', nick1: 'Ann', jid2: 'bob@example.com', nick2: 'Bob' },
 * }).addCatch(new Fail(this, 'NoSuchUser'), { errors: ['ItemNotFoundError'] });
 */
export class RostbeefTask extends LambdaInvoke {
  /** @throws Error if the functions lack the method */
  constructor(scope: Construct, id: string, props: RostbeefTaskProps) {
    const { rostbeef, method, input, hasKey, outputs = RESULT, assign, comment } = props;
    const called = rostbeef.functions.get(method);
    if (called === undefined) throw new Error(`no function for ${method}`);
    super(scope, id, {
      queryLanguage: QueryLanguage.JSONATA,
      outputs,
      ...(assign !== undefined && { assign: { ...assign } }),
      ...(comment !== undefined && { comment }),
      lambdaFunction: called.alias,
      payload: typeof input === 'string' ? TaskInput.fromText(input) : TaskInput.fromObject({ ...input }),
      retryOnServiceExceptions: false,
      taskTimeout: Timeout.duration(called.timeout.plus(Duration.seconds(SECONDS_BEYOND_TIMEOUT))),
    });
    const isIdempotent = catalogue.some(({ name, idempotent }) => name === method && idempotent);
    const isKeyed = hasKey ?? (typeof input === 'object' && 'idempotencyKey' in input);
    repeat(this, retriersOf(isIdempotent || isKeyed));
  }
}

/** Gives a task its retriers, in their order. */
export function repeat(task: TaskStateBase, retriers: readonly Retrier[]): void {
  for (const { ErrorEquals, MaxAttempts, IntervalSeconds, BackoffRate, JitterStrategy } of retriers) {
    task.addRetry({
      errors: [...ErrorEquals],
      maxAttempts: MaxAttempts,
      ...(IntervalSeconds !== undefined && { interval: Duration.seconds(IntervalSeconds) }),
      ...(BackoffRate !== undefined && { backoffRate: BackoffRate }),
      ...(JitterStrategy !== undefined && { jitterStrategy: JitterType.FULL }),
    });
  }
}
