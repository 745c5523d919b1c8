/** Makes one call, with its repeats, within its time. */
import { startDeadline } from './deadline.ts';
import { errorOf, isRostbeefError } from './errors.ts';
import type { RostbeefError } from './generated/errors.ts';
import { METHODS, type MethodName, type Methods } from './generated/methods.ts';
import { isObject } from './is-object.ts';
import { type RetryOptions, withRetries } from './retry.ts';
import type { Transport, TransportCall } from './transport.ts';

/** How a call is made. */
export interface CallOptions {
  /** Ends the call. It then rejects with the signal's reason. A stanza may have been sent. */
  readonly signal?: AbortSignal | undefined;
  /** The time for the call with all its repeats, in milliseconds. @default 30000 */
  readonly timeoutMs?: number | undefined;
  /** How the call is repeated; `false` never repeats. @default - four tries, 100 ms to 5 s apart */
  readonly retry?: RetryOptions | false | undefined;
}

const TIMEOUT_MS = 30_000;

/**
 * Calls a method.
 *
 * @throws RostbeefError, or the reason of the caller's signal
 */
export async function callOnce<Name extends MethodName>(
  transport: Transport,
  method: Name,
  input: Methods[Name]['input'],
  { signal, timeoutMs = TIMEOUT_MS, retry = {} }: CallOptions,
): Promise<Methods[Name]['result']> {
  const mayBeTwice = isRepeatable({ method, input });
  const deadline = startDeadline(timeoutMs, signal);
  const tries = retry === false ? { tries: 1 } : retry;
  const mayRepeat = (error: unknown) => isWorthRepeating(error, mayBeTwice);
  try {
    return await withRetries(
      async () => {
        deadline.signal.throwIfAborted();
        const result = await orAborted(transport.call({ method, input, signal: deadline.signal }), deadline.signal);
        if (isResultOf(method, result)) return result;
        throw errorOf(
          'ApiAnswerError',
          `expected the result of ${method}, but the answer is another object: check the URL`,
        );
      },
      tries,
      { ...deadline, mayRepeat },
    );
  } catch (error) {
    if (deadline.hasPassed() && error === deadline.signal.reason) {
      const message = `The API did not answer within ${timeoutMs} ms`;
      throw finalError(errorOf('ApiTimeoutError', message), mayBeTwice);
    }
    throw finalError(error, mayBeTwice);
  } finally {
    deadline.end();
  }
}

/** Whether making the call twice does what making it once does: every method, and a stanza with a key. */
export function isRepeatable({ method, input }: Pick<TransportCall, 'method' | 'input'>): boolean {
  return METHODS[method].idempotent || ('idempotencyKey' in input && input.idempotencyKey !== undefined);
}

/** Rejects as soon as the signal aborts, because the credentials of a transport may take no signal. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

function isResultOf<Name extends MethodName>(method: Name, value: unknown): value is Methods[Name]['result'] {
  return isObject(value) && METHODS[method].result.every((member) => member in value);
}

/** Every error of a lost answer may be repeated if the method may. */
function isWorthRepeating(error: unknown, isRepeatable: boolean): boolean {
  if (!isRostbeefError(error)) return false;
  if (isRepeatable && LOST.includes(error.name)) return true;
  return error.retryable && (isRepeatable || !error.leavesOutcomeOpen);
}

/** The errors of a function, or of a gateway, that gave no answer of its own. */
const LOST: readonly string[] = ['FunctionFailedError', 'FunctionTimeoutError'];

/** The errors after which a stanza may have been sent. */
const LOST_STANZA: readonly string[] = [...LOST, 'ApiConnectionLostError', 'ApiTimeoutError', 'ApiAnswerError'];

/** Whether the server at this URL redirected or refused the request. Nothing was done. */
const isRefusal = ({ status = 0 }: RostbeefError): boolean => status >= 300 && status < 500;

function finalError(error: unknown, isRepeatable: boolean): unknown {
  if (isRepeatable || !isRostbeefError(error) || !LOST_STANZA.includes(error.name) || isRefusal(error)) return error;
  const { status, requestId, message } = error;
  const details = { status, requestId, cause: error };
  return errorOf('OutcomeUnknownError', `The stanza may have been sent, because no answer came: ${message}`, details);
}
