/** Alarms whose descriptions say what to do. docs/runbook.md has a section for each. */
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** Properties of a {@link RunbookAlarm}. */
export interface AlarmProps {
  /** Gets a message when the alarm goes on and when it goes off. */
  readonly topic: ITopic;
  /** The metric to watch. Its period is the alarm’s. */
  readonly metric: IMetric;
  /** The fault, in a sentence. */
  readonly meaning: string;
  /** The first step of the repair, in a sentence. */
  readonly runbook: string;
  /** The lowest value that sets the alarm off; with `below`, the lowest value that does not. @default 1 */
  readonly threshold?: number | undefined;
  /** The number of periods that must breach the threshold. @default 1 */
  readonly periods?: number | undefined;
  /** The number of latest periods that are evaluated. @default - `periods`, which must then be consecutive */
  readonly of?: number | undefined;
  /** Whether values below the threshold, and missing data, set the alarm off. @default false */
  readonly below?: boolean | undefined;
}

/**
 * A CloudWatch alarm that notifies a topic when it goes on and off. Its description says what to do.
 *
 * @example
 * new RunbookAlarm(this, 'Throttles', { topic, metric, meaning: 'Calls are throttled.', runbook: 'Raise maxConcurrency.' })
 */
export class RunbookAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const { metric, meaning, runbook, threshold = 1, periods = 1, of = periods, below = false } = props;
    this.alarm = new Alarm(this, 'Alarm', {
      metric,
      alarmDescription: `${meaning} Runbook: ${runbook} (docs/runbook.md, ${id})`,
      threshold,
      evaluationPeriods: of,
      datapointsToAlarm: periods,
      comparisonOperator: below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(props.topic);
    this.alarm.addAlarmAction(action);
    this.alarm.addOkAction(action);
  }
}
