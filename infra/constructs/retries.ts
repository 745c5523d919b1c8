/**
 * The errors of the functions and of Lambda, grouped by whether a workflow may repeat the call. The lists follow from the
 * error classes.
 */
import { errorCatalogue } from 'rostbeef-layer';

/** A retrier of the Amazon States Language. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly JitterStrategy?: 'FULL';
}

const namesOf = (matches: (kind: ReturnType<typeof errorCatalogue>[number]) => boolean): readonly string[] =>
  errorCatalogue()
    .filter(matches)
    .map(({ name }) => name);

/** The functions' errors after which the same call may be repeated: it may succeed later, and a repeat does no harm. */
export const RETRYABLE_ERRORS = namesOf(({ retryable }) => retryable);

/** The functions' errors that a repeat does not help. */
export const PERMANENT_ERRORS = namesOf(({ retryable }) => !retryable);

/** Lambda’s errors before the function starts. Nothing was done. */
export const REFUSED_BY_LAMBDA: readonly string[] = ['Lambda.TooManyRequestsException'];

/**
 * The failures of Lambda, of its sandbox and of Step Functions after which the function may have done its work or not.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export const FAILED_BY_LAMBDA: readonly string[] = [
  'Lambda.AWSLambdaException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.EC2ThrottledException',
  'Lambda.ENILimitReachedException',
  'Lambda.ResourceNotReadyException',
  'Lambda.SdkClientException',
  'Lambda.ServiceException',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'Sandbox.Timedout',
  'States.Timeout',
];

/** The errors after which a stanza without an idempotency key may have been sent. A workflow catches them and asks a person. */
export const OUTCOME_UNKNOWN_ERRORS: readonly string[] = [
  ...namesOf(({ leavesOutcomeOpen }) => leavesOutcomeOpen === true),
  ...FAILED_BY_LAMBDA,
];

/** The pace of all repeats: 6 of them, after up to 2, 4, 8, 16, 32 and 64 seconds. */
const PACE = { IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 6, JitterStrategy: 'FULL' } as const;

/** The retrier for calls of AWS that may always be repeated, such as a write to S3. */
export const REPEAT_AFTER_ALL: Retrier = { ErrorEquals: ['States.ALL'], ...PACE };

/**
 * The retriers for a call of a function.
 *
 * - A call that may be repeated is, after every error but {@link PERMANENT_ERRORS}. So errors of Lambda that are not in a
 *   list here are covered as well.
 * - A call that may not is repeated only after an error that proves that nothing was done: {@link RETRYABLE_ERRORS}, which
 *   `send_stanza` never throws after it may have sent, and {@link REFUSED_BY_LAMBDA}.
 *
 * @param isRepeatable whether doing it twice is harmless: of every method but `send_stanza`, and of `send_stanza` with a key
 * @example
 * retriersOf(false)[0].ErrorEquals.includes('Lambda.ServiceException') // false
 */
export function retriersOf(isRepeatable: boolean): readonly Retrier[] {
  if (!isRepeatable) return [{ ErrorEquals: [...RETRYABLE_ERRORS, ...REFUSED_BY_LAMBDA], ...PACE }];
  return [{ ErrorEquals: PERMANENT_ERRORS, MaxAttempts: 0 }, REPEAT_AFTER_ALL];
}
