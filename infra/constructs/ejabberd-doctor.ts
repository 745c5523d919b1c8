import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { folderOf } from './built.ts';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import type { RostbeefFunction } from './rostbeef-function.ts';

/** Properties of an {@link EjabberdDoctor}. */
export interface EjabberdDoctorProps {
  /** The functions whose ejabberd is checked. */
  readonly rostbeef: EjabberdFunctions;
  /** Minutes between two checks, 1 to 60. @default 5 */
  readonly minutes?: number | undefined;
}

/**
 * Checks ejabberd from the functions’ VPC on a schedule. It logs a report, and the metric `EjabberdReachable` has a value even
 * if there are no calls.
 *
 * @example
 * new EjabberdDoctor(this, 'Doctor', { rostbeef })
 */
export class EjabberdDoctor extends Construct {
  /** The function that checks. Invoke its alias for a report. */
  readonly function: RostbeefFunction;
  /** Minutes between two checks. */
  readonly minutes: number;

  constructor(scope: Construct, id: string, { rostbeef, minutes = 5 }: EjabberdDoctorProps) {
    super(scope, id);
    this.minutes = minutes;
    this.function = rostbeef.add('Doctor', {
      folder: folderOf('doctor'),
      description: 'Checks the ejabberd that the rostbeef functions talk to',
      timeout: Duration.seconds(60),
      // With a limit it has one connection, and does not test the listener’s backlog.
      ...(rostbeef.props.maxConcurrency && {
        reservedConcurrency: 1,
        environment: { EJABBERD_MAX_CONNECTIONS: '1' },
      }),
    });
    // A failed check is not repeated, because the next one follows soon.
    this.function.alias.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    const schedule = new Rule(this, 'Schedule', {
      description: 'Invokes the doctor',
      schedule: Schedule.rate(Duration.minutes(minutes)),
      targets: [new LambdaFunction(this.function.alias, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
    const reason = 'A missed check is not repeated, because the next one follows. Missing data sets an alarm off.';
    acknowledge(this.function.alias, { id: 'Serverless-LambdaAsyncFailureDestination', reason });
    acknowledge(schedule, { id: 'Serverless-EventBusDLQ', reason });
  }
}
