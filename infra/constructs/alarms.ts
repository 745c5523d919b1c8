/** An alarm, and what to do about it. The runbook in docs/runbook.md says more of each. */
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** One alarm. */
export interface AlarmProps {
  /** It is told when something is wrong and when it is over. */
  readonly topic: ITopic;
  readonly metric: IMetric;
  /** What is wrong, in a sentence. */
  readonly meaning: string;
  /** What to do first, in a sentence. */
  readonly runbook: string;
  /** The least value that alarms. @default 1 */
  readonly threshold?: number | undefined;
  /** How many periods have to be so. @default 1 */
  readonly periods?: number | undefined;
  /** Out of how many periods. @default - of as many, so that they follow each other */
  readonly of?: number | undefined;
  /** Whether it alarms below the threshold, and without data. @default false */
  readonly below?: boolean | undefined;
}

/**
 * An alarm that tells a topic when something is wrong and when it is no longer, and says what to do.
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
