/** Prepares a file of operations for the bulk state machine. */
import { InvalidInputError, type LambdaHandler, logLine, RostbeefError, UnexpectedError } from 'rostbeef-layer';
import { prepareEvent } from './event.ts';
import { prepare } from './prepare.ts';
import { isStorageFailure, openStorage } from './storage.ts';

/** Milliseconds reserved for the response, before Lambda ends the function. */
const MARGIN_MS = 5_000;

/**
 * The Lambda function of the first state. It throws a `RostbeefError` if the file can't be prepared. It throws an error of S3
 * unchanged, because the state machine retries the function after such an error.
 */
export const handler: LambdaHandler = async (event, { awsRequestId: requestId, getRemainingTimeInMillis }) => {
  const started = performance.now();
  const subject: Record<string, unknown> = { operation: 'prepare', requestId };
  const log = (error?: unknown) => logLine({ ...subject, durationMs: performance.now() - started }, error);
  const signal = AbortSignal.timeout(Math.max(0, getRemainingTimeInMillis() - MARGIN_MS));
  try {
    const { bucket, ...preparation } = prepareEvent(event);
    Object.assign(subject, { bucket, key: preparation.key, run: preparation.name });
    const storage = openStorage(bucket, signal);
    try {
      const { good, bad } = await prepare(preparation, storage);
      log();
      return { bucket, good, bad };
    } finally {
      storage.close();
    }
  } catch (cause) {
    const error = errorOf(cause, signal);
    log(error);
    throw error;
  }
};

function errorOf(cause: unknown, { aborted }: AbortSignal): unknown {
  if (cause instanceof RostbeefError) return cause;
  if (!aborted) return isStorageFailure(cause) ? cause : new UnexpectedError({ cause });
  const message = 'the file takes longer than the function may run: split it';
  return new InvalidInputError({ issues: [{ path: 'key', message }], cause });
}
