/** The metrics that the functions write into their log lines, and sums of Lambda's own. */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { RostbeefFunction } from './rostbeef-function.ts';

/** Over which alarms and graphs look. */
export const PERIOD = Duration.minutes(5);

/** A metric of the functions or the doctor, which has no dimension. */
export function ownMetric(namespace: string, metricName: string, statistic: string = Stats.SUM): Metric {
  return new Metric({ namespace, metricName, statistic, period: PERIOD });
}

/** A sum over several functions of one of Lambda's metrics. */
export function sumOf(functions: Iterable<RostbeefFunction>, label: string, metricOf: MetricOf): MathExpression {
  return over(functions, label, metricOf, 'SUM(METRICS())');
}

/** The greatest value that one of Lambda's metrics has for any of these functions. */
export function worstOf(functions: Iterable<RostbeefFunction>, label: string, metricOf: MetricOf): MathExpression {
  return over(functions, label, metricOf, 'MAX(METRICS())');
}

/** The highest of several metrics. */
export function highest(label: string, metrics: readonly IMetric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({ label, period: PERIOD, usingMetrics, expression: 'MAX(METRICS())' });
}

type MetricOf = (one: RostbeefFunction) => IMetric;

function over(functions: Iterable<RostbeefFunction>, label: string, metricOf: MetricOf, expression: string) {
  const usingMetrics = Object.fromEntries([...functions].map((one, index) => [`m${index}`, metricOf(one)]));
  return new MathExpression({ label, period: PERIOD, usingMetrics, expression });
}
