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
  return over(label, [...functions].map(metricOf), 'SUM(METRICS())');
}

/** Returns the highest value of one of Lambda’s metrics over several functions. */
export function worstOf(functions: Iterable<RostbeefFunction>, label: string, metricOf: MetricOf): MathExpression {
  return highest(label, [...functions].map(metricOf));
}

/** Returns the highest of several metrics. */
export function highest(label: string, metrics: readonly IMetric[]): MathExpression {
  return over(label, metrics, 'MAX(METRICS())');
}

type MetricOf = (one: RostbeefFunction) => IMetric;

function over(label: string, metrics: readonly IMetric[], expression: string): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({ label, period: PERIOD, usingMetrics, expression });
}
