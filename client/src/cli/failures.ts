/** Writes the message of a failure, and chooses its exit code. */
import { isRostbeefError } from '../errors.ts';
import type { ErrorName } from '../generated/errors.ts';
import type { Output } from './io.ts';
import { safe, styled } from './style.ts';

/** The exit codes. 75 is EX_TEMPFAIL of sysexits.h. */
export const EXIT = { done: 0, refused: 1, usage: 2, tryAgain: 75 } as const;

/** An exit code. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something wrong with the command line or a file that it names. Nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ends a command with a code when everything has been said. */
export class Exit extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Writes what failed and what to do, and returns the exit code. A defect is thrown on. */
export function reportFailure(error: unknown, output: Output): ExitCode {
  if (error instanceof Exit) return error.code;
  if (error instanceof UsageError) {
    output.write(`${styled(output, 'red', 'error:')} ${safe(error.message)}\n`);
    return EXIT.usage;
  }
  if (!isRostbeefError(error)) throw error;
  output.write(`${styled(output, 'red', `${error.name}:`)} ${safe(error.message)}\n`);
  output.write(`${styled(output, 'dim', 'What to do:')} ${adviceOn(error.name)}\n`);
  return exitCodeOf(error);
}

/** Whether an error may pass by itself decides between 75 and 1. */
export function exitCodeOf(error: { readonly name: string; readonly retryable: boolean }): ExitCode {
  return error.retryable || PASSING.includes(error.name) ? EXIT.tryAgain : EXIT.refused;
}

/** A read, a link or an unlink that ended in one of these may be repeated too. A stanza never ends in one. */
const PASSING: readonly string[] = ['FunctionFailedError', 'FunctionTimeoutError'];

const ADVICE: Readonly<Partial<Record<ErrorName, string>>> = {
  AccessDeniedError:
    'Check which credentials are in use (aws sts get-caller-identity), and that they may call the API.',
  ApiAnswerError: 'Check --url: it should be the URL of the API, without a method.',
  ApiConnectionLostError: 'Run the command again.',
  ApiTimeoutError: 'Run the command again, or give it more time with --timeout.',
  ApiUnreachableError: 'Start the local gateway (npm start), or name the API with --url.',
  ConfigurationError: 'Correct the settings of the functions that the message lists.',
  CredentialsRejectedError: 'Correct the secret of the functions: ejabberd refuses its user or password.',
  CredentialsUnavailableError: 'Check the secret of the functions and their way to it, then run the command again.',
  EjabberdUnreachableError: 'Check that ejabberd runs and that the functions can reach it, then run the command again.',
  FeatureNotImplementedError: 'Enable what the message names on ejabberd.',
  ForbiddenServerError: 'Name a user of a server that the functions may act for.',
  ForbiddenStanzaError: 'Change the stanza as the message says.',
  InvalidInputError: 'Correct the input as the message says.',
  ItemNotFoundError: 'Check the spelling of the JID, and that the user is registered.',
  JidMalformedError: 'Correct the JID as the message says.',
  NotAllowedError: 'Change the shared roster group that the message names.',
  OutcomeUnknownError:
    'Ask the receiver before you send it again, because it may have arrived. With --key it can be repeated safely.',
  PartialLinkError: 'Run the command again: it completes what is missing.',
  PermissionDeniedError: 'Allow the command that the message names in ejabberd.yml.',
  ResultTooLargeError: 'Read the roster in pages.',
  RouteNotFoundError: 'Check --url or --lambda.',
  SigningError:
    'Set AWS credentials (AWS_PROFILE, AWS_ACCESS_KEY_ID or aws sso login), and the Region (AWS_REGION or --region).',
  TooManyRequestsError: 'Wait a little and run the command again. For bulk, lower --concurrency.',
  UnexpectedError: 'Look into the log of the function, under the request id.',
};

/** Returns the advice for an error, in a sentence. */
export function adviceOn(name: ErrorName): string {
  return ADVICE[name] ?? 'See the table of errors in the documentation.';
}
