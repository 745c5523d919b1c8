/** Makes a call's metrics in CloudWatch's embedded metric format: members of its log line. */
import { metricNamespace } from '../config/config.ts';
import {
  type Blame,
  ForbiddenStanzaError,
  OutcomeUnknownError,
  PartialLinkError,
  RostbeefError,
} from '../errors/index.ts';

/**
 * The metrics of a call that succeeds. They are few and have no dimension, because each combination is paid for by month.
 * The log line has the method and the error. Lambda measures durations. Zeros give an alarm data.
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

/** Made once, because reading the environment would take longer than the rest of a line. */
const DIRECTIVES = directives(Object.keys(NOTHING_FAILED));

/**
 * Returns the members of a log line that are its metrics.
 *
 * - `ClientErrors`: the caller has to correct the call
 * - `ForbiddenStanzas`: a stanza was refused, because of what it would do; not counted as `ClientErrors`
 * - `CredentialFailures`: the secret can't be read, or ejabberd refuses it
 * - `EjabberdFailures`: ejabberd can't be reached, or does not answer as it should
 * - `FunctionFailures`: the settings are wrong, the idempotency table can't be asked, or the functions have a defect
 * - `PartialLinks`: a link or unlink that is not complete, or not known to be; each is an `EjabberdFailures` as well
 * - `PoisonMessages`: a message of a queue can never succeed, however often it is delivered
 *
 * @param error why the call failed; `undefined` if it did not
 * @param door the name of the event source
 */
export function callMetrics(error: unknown, door?: string): Record<Metric | '_aws', unknown> {
  const failed = error === undefined ? undefined : metricOf(error);
  return {
    ...NOTHING_FAILED,
    ...(failed && { [failed]: 1 }),
    ...(error instanceof PartialLinkError && { PartialLinks: 1 }),
    ...(door === 'sqs' && neverSucceeds(error) && { PoisonMessages: 1 }),
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: DIRECTIVES },
  };
}

/** Returns the member `_aws` of a log line. It makes a count metric of each member with one of these names. */
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

/** A wrong setting or a missing permission can be corrected while the message waits. A wrong input can't. */
function neverSucceeds(error: unknown): boolean {
  if (!(error instanceof RostbeefError) || error.retryable) return false;
  return error instanceof OutcomeUnknownError || error.blame === 'caller';
}

function metricOf(error: unknown): Metric {
  if (error instanceof ForbiddenStanzaError) return 'ForbiddenStanzas';
  return METRIC_OF_BLAME[error instanceof RostbeefError ? error.blame : 'functions'];
}
