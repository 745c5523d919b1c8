import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** The share of its memory from which an invocation counts as short of memory. */
const SHORT_OF_MEMORY = 0.9;

/** Counts of failures that a function can’t log, because Lambda ends it. They have no dimension. */
export const PLATFORM_METRICS = {
  /** Invocations that ran out of time, crashed or ran out of memory. */
  ended: 'EndedByLambda',
  /** Invocations that used 90 % of their memory or more. */
  memory: 'ShortOfMemory',
} as const;

/**
 * Adds metric filters for the reports that Lambda logs after each invocation.
 *
 * An error that a function throws is not counted, because its `errorType` does not begin with `Runtime.` or `Sandbox.`.
 *
 * @param scope the parent of the filters
 * @param logGroup the function’s log group, with JSON and system logs from level INFO on
 * @param namespace the namespace of the metrics
 * @param memorySize the function’s memory in megabytes
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
