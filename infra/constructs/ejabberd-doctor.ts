import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { folderOf } from './built.ts';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import type { RostbeefFunction } from './rostbeef-function.ts';

/** What an {@link EjabberdDoctor} needs. */
export interface EjabberdDoctorProps {
  readonly rostbeef: EjabberdFunctions;
  /** Minutes between two checks. @default 5 */
  readonly minutes?: number | undefined;
}

/**
 * Looks at ejabberd from where the functions are, as often as told: its report is in the log, and whether ejabberd can be
 * reached is a metric also while nobody calls.
 *
 * @example
 * new EjabberdDoctor(this, 'Doctor', { rostbeef })
 */
export class EjabberdDoctor extends Construct {
  readonly function: RostbeefFunction;
  /** Between two checks. */
  readonly minutes: number;

  constructor(scope: Construct, id: string, { rostbeef, minutes = 5 }: EjabberdDoctorProps) {
    super(scope, id);
    this.minutes = minutes;
    this.function = rostbeef.add('Doctor', {
      folder: folderOf('doctor'),
      description: 'Checks the ejabberd that the rostbeef functions talk to',
      timeout: Duration.seconds(60),
      // Where connections are counted it has one, and does not try the listener's queue.
      ...(rostbeef.props.maxConcurrency && {
        reservedConcurrency: 1,
        environment: { EJABBERD_MAX_CONNECTIONS: '1' },
      }),
    });
    // The next check is soon enough: one that failed is not repeated.
    this.function.alias.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    const schedule = new Rule(this, 'Schedule', {
      description: 'When the doctor looks at ejabberd',
      schedule: Schedule.rate(Duration.minutes(minutes)),
      targets: [new LambdaFunction(this.function.alias, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
    const reason = 'A check that did not run is not made up for: the next one follows, and silence is an alarm.';
    Validations.of(this.function.alias).acknowledge({ id: 'Serverless-LambdaAsyncFailureDestination', reason });
    Validations.of(schedule).acknowledge({ id: 'Serverless-EventBusDLQ', reason });
  }
}
