import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** The share of its memory from which a function is counted as short of it. */
const SHORT_OF_MEMORY = 0.9;

/** Metrics of failures that a function can't tell itself, because Lambda ends it: counts, without a dimension. */
export const PLATFORM_METRICS = {
  /** Invocations that ran out of time, crashed or ran out of memory. */
  ended: 'EndedByLambda',
  /** Invocations that used 90 % of their memory or more. */
  memory: 'ShortOfMemory',
} as const;

/**
 * Counts what Lambda's own report of an invocation tells of its end.
 *
 * A thrown error of the functions has another `errorType` than `Runtime.…` and `Sandbox.…`, so it is not counted.
 *
 * @param scope what the filters belong to
 * @param logGroup the function's, in JSON, with system logs from INFO on
 * @param namespace of the metrics
 * @param memorySize megabytes that the function has
 */
export function countPlatformFailures(
  scope: Construct,
  logGroup: ILogGroup,
  namespace: string,
  memorySize: number,
): void {
  const isReport = '$.type = "platform.report"';
  const ends = ['$.record.status = "timeout"', '$.record.errorType = "Runtime.*"', '$.record.errorType = "Sandbox.*"'];
  const filters = {
    [PLATFORM_METRICS.ended]: `{ (${isReport}) && (${ends.map((end) => `(${end})`).join(' || ')}) }`,
    [PLATFORM_METRICS.memory]: `{ (${isReport}) && ($.record.metrics.maxMemoryUsedMB >= ${Math.ceil(memorySize * SHORT_OF_MEMORY)}) }`,
  };
  for (const [metricName, pattern] of Object.entries(filters)) {
    new MetricFilter(scope, metricName, {
      logGroup,
      filterPattern: FilterPattern.literal(pattern),
      metricNamespace: namespace,
      metricName,
      metricValue: '1',
      defaultValue: 0,
    });
  }
}
