/** A call's metrics in CloudWatch's embedded metric format: they travel in the log line, and cost the call nothing. */
import { CredentialsRejectedError, CredentialsUnavailableError, RostbeefError } from './errors/index.ts';

/** The namespace of every metric here. */
export const METRIC_NAMESPACE = 'rostbeef';

/**
 * The metrics and their units. Each is paid for by month and dimension, so there are few and the method is their one
 * dimension. The counts are 0 where nothing failed, so that an alarm has data.
 */
const METRICS = {
  /** The whole call, in milliseconds. */
  Duration: 'Milliseconds',
  /** The secret can't be read, or ejabberd refuses it. */
  CredentialFailures: 'Count',
  /** ejabberd can't be reached, or does not answer as it should. */
  EjabberdFailures: 'Count',
  /** What the caller has to mend. */
  ClientErrors: 'Count',
} as const;

/** The members that a log line has for its metrics, the member `method` being its own. */
export function callMetrics(durationMs: number, error: unknown): Record<keyof typeof METRICS | '_aws', unknown> {
  const isCredentials = error instanceof CredentialsRejectedError || error instanceof CredentialsUnavailableError;
  const isClients = error instanceof RostbeefError && (error.status === undefined || error.status < 500);
  return {
    Duration: Math.round(durationMs * 10) / 10,
    CredentialFailures: Number(isCredentials),
    EjabberdFailures: Number(error !== undefined && !isCredentials && !isClients),
    ClientErrors: Number(isClients),
    _aws: metricDirective(METRICS, ['method']),
  };
}

/**
 * The member `_aws` of a log line, which makes metrics of other members of it.
 *
 * @param units of each metric, by the member's name
 * @param dimensions the names of the members that are the metrics' dimensions
 */
export function metricDirective(units: Readonly<Record<string, string>>, dimensions: readonly string[]): object {
  return {
    Timestamp: Date.now(),
    CloudWatchMetrics: [
      {
        Namespace: METRIC_NAMESPACE,
        Dimensions: [dimensions],
        Metrics: Object.entries(units).map(([Name, Unit]) => ({ Name, Unit })),
      },
    ],
  };
}
