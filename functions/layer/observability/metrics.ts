/** Adds metrics to the log line in CloudWatch's embedded metric format, so that a call makes no request for them. */
import { metricNamespace } from '../config/config.ts';
import {
  type Blame,
  ForbiddenStanzaError,
  OutcomeUnknownError,
  PartialLinkError,
  RostbeefError,
} from '../errors/index.ts';

/**
 * The metrics of a call that succeeded. They are 0 and not absent, because an alarm needs data.
 *
 * There are few metrics, without dimensions, because CloudWatch charges for each. The log line has the method and the
 * error, and Lambda measures the duration.
 */
const NOTHING_FAILED = {
  ClientErrors: 0,
  CredentialFailures: 0,
  EjabberdFailures: 0,
  ForbiddenStanzas: 0,
  FunctionFailures: 0,
  PartialLinks: 0,
  PoisonMessages: 0,
} as const;

type Metric = keyof typeof NOTHING_FAILED;

/** Texts that are written once, because reading the environment and writing JSON are slow. */
const NOTHING_FAILED_MEMBERS = membersOf(NOTHING_FAILED);
const DIRECTIVES = JSON.stringify(directives(Object.keys(NOTHING_FAILED)));

/**
 * Returns the members of a log line for its metrics, as JSON without braces.
 *
 * - `ClientErrors`: the caller has to correct the call
 * - `ForbiddenStanzas`: `EJABBERD_STANZAS` forbids the stanza. It is not counted in `ClientErrors`
 * - `CredentialFailures`: the secret can't be read, or ejabberd refuses its credentials
 * - `EjabberdFailures`: ejabberd can't be reached, or its response is an error or invalid
 * - `FunctionFailures`: the settings are invalid, the idempotency table is unavailable, or the functions have a defect
 * - `PartialLinks`: a link or unlink is incomplete, or could not be verified. It is also counted in `EjabberdFailures`
 * - `PoisonMessages`: a queue's message can never succeed, however often it is delivered
 *
 * @param error the error of the call; `undefined` if it succeeded
 * @param door the name of the event source
 */
export function callMetrics(error: unknown, door?: string): string {
  const counts = error === undefined ? NOTHING_FAILED_MEMBERS : membersOf(countsOf(error, door));
  return `${counts},"_aws":{"Timestamp":${Date.now()},"CloudWatchMetrics":${DIRECTIVES}}`;
}

function countsOf(error: unknown, door: string | undefined): Record<Metric, number> {
  return {
    ...NOTHING_FAILED,
    [metricOf(error)]: 1,
    ...(error instanceof PartialLinkError && { PartialLinks: 1 }),
    ...(door === 'sqs' && neverSucceeds(error) && { PoisonMessages: 1 }),
  };
}

function membersOf(counts: Record<Metric, number>): string {
  return JSON.stringify(counts).slice(1, -1);
}

/**
 * Returns the member `_aws` of a log line, which turns other members into metrics: counts without dimensions.
 *
 * @param names the members that hold the counts
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @example
 * logLine({ operation: 'doctor', durationMs }, undefined, { Problems: 2, _aws: metricDirective(['Problems']) })
 */
export function metricDirective(names: readonly string[]): object {
  return { Timestamp: Date.now(), CloudWatchMetrics: directives(names) };
}

function directives(names: readonly string[]): readonly object[] {
  const Metrics = names.map((Name) => ({ Name, Unit: 'Count' }));
  return [{ Namespace: metricNamespace(), Dimensions: [[]], Metrics }];
}

const METRIC_OF_BLAME: Readonly<Record<Blame, Metric>> = {
  caller: 'ClientErrors',
  credentials: 'CredentialFailures',
  ejabberd: 'EjabberdFailures',
  functions: 'FunctionFailures',
};

/** Tells whether a retry can't help. A setting or permission can be corrected while the message waits, but not an input. */
function neverSucceeds(error: unknown): boolean {
  if (!(error instanceof RostbeefError) || error.retryable) return false;
  return error instanceof OutcomeUnknownError || error.blame === 'caller';
}

function metricOf(error: unknown): Metric {
  if (error instanceof ForbiddenStanzaError) return 'ForbiddenStanzas';
  return METRIC_OF_BLAME[error instanceof RostbeefError ? error.blame : 'functions'];
}
