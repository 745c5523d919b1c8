/** The functions’ own metrics, and expressions over Lambda’s. */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { RostbeefFunction } from './rostbeef-function.ts';

/** The period of alarms and graphs. */
export const PERIOD = Duration.minutes(5);

/** Returns a metric that the functions or the doctor write. It has no dimension. */
export function ownMetric(namespace: string, metricName: string, statistic: string = Stats.SUM): Metric {
  return new Metric({ namespace, metricName, statistic, period: PERIOD });
}

/** Sums one of Lambda’s metrics over several functions. */
export function sumOf(functions: Iterable<RostbeefFunction>, label: string, metricOf: MetricOf): MathExpression {
  return over(functions, label, metricOf, 'SUM(METRICS())');
}

/** Returns the highest value of one of Lambda’s metrics over several functions. */
export function worstOf(functions: Iterable<RostbeefFunction>, label: string, metricOf: MetricOf): MathExpression {
  return over(functions, label, metricOf, 'MAX(METRICS())');
}

/** Returns the highest of several metrics. */
export function highest(label: string, metrics: readonly IMetric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({ label, period: PERIOD, usingMetrics, expression: 'MAX(METRICS())' });
}

type MetricOf = (one: RostbeefFunction) => IMetric;

function over(functions: Iterable<RostbeefFunction>, label: string, metricOf: MetricOf, expression: string) {
  const usingMetrics = Object.fromEntries([...functions].map((one, index) => [`m${index}`, metricOf(one)]));
  return new MathExpression({ label, period: PERIOD, usingMetrics, expression });
}
