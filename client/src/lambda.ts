/** The functions by direct invocation. */
import { isRepeatable } from './call.ts';
import { connectionFailure } from './connection-failure.ts';
import { errorOf, isErrorName } from './errors.ts';
import type { ErrorName, RostbeefError } from './generated/errors.ts';
import type { MethodName } from './generated/methods.ts';
import { isObject } from './is-object.ts';
import { structureOf } from './problem.ts';
import type { Transport, TransportCall } from './transport.ts';

/** The part that this package uses of a `LambdaClient` of `@aws-sdk/client-lambda`. */
export interface LambdaClientLike {
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
  readonly config: { maxAttempts?(): Promise<number> };
}

/** The name or ARN of each function that is called, with an alias or version if it has one. */
export type FunctionNames = Readonly<Partial<Record<MethodName, string>>>;

/**
 * Calls the functions directly, through a client of the AWS SDK.
 *
 * Create the client with `maxAttempts: 1`, because the SDK could send a stanza twice. This package repeats calls itself. A
 * stanza without a key rejects with a TypeError if the client has another setting.
 *
 * @param client a `LambdaClient` of `@aws-sdk/client-lambda`
 * @param names the functions that may be called; any other method rejects with a RouteNotFoundError
 * @example
 * const names = { get_roster: 'arn:aws:lambda:eu-west-1:123456789012:function:GetRoster:live' };
 * createClient(overLambda(new LambdaClient({ maxAttempts: 1 }), names))
 */
export function overLambda(client: LambdaClientLike, names: FunctionNames): Transport {
  return {
    async call(call) {
      const name = names[call.method];
      if (name === undefined) throw errorOf('RouteNotFoundError', `expected the name of the function ${call.method}`);
      await demandSingleAttempt(client, call);
      return resultOf(await invoke(client, name, call));
    },
  };
}

/** Only a client that repeats nothing may send a stanza without a key. @throws TypeError */
async function demandSingleAttempt(client: LambdaClientLike, call: TransportCall): Promise<void> {
  if (isRepeatable(call)) return;
  const attempts = await client.config.maxAttempts?.();
  if (attempts !== 1) {
    throw new TypeError(
      'expected a LambdaClient with maxAttempts: 1, because its own retries could send a stanza twice',
    );
  }
}

/** The response of Lambda: the payload as text, and whether the function threw. */
interface Invoked {
  readonly payload: string;
  readonly hasThrown: boolean;
}

async function invoke(client: LambdaClientLike, name: string, { input, signal }: TransportCall): Promise<Invoked> {
  signal.throwIfAborted();
  const { InvokeCommand } = await import('@aws-sdk/client-lambda');
  const command = new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(input)) });
  try {
    // The client's own types are not those of this package's copy of the SDK.
    const output = await client.send(command as never, { abortSignal: signal });
    const { Payload, FunctionError } = isObject(output) ? output : {};
    const payload = Payload instanceof Uint8Array ? Buffer.from(Payload).toString() : '';
    return { payload, hasThrown: FunctionError !== undefined };
  } catch (thrown) {
    throw signal.aborted ? signal.reason : errorOfSdk(thrown, name);
  }
}

/** The errors of the Invoke operation that come before a function runs. */
const BEFORE_INVOCATION: Readonly<Record<string, ErrorName>> = {
  TooManyRequestsException: 'TooManyRequestsError',
  ResourceNotFoundException: 'RouteNotFoundError',
  AccessDeniedException: 'AccessDeniedError',
  UnrecognizedClientException: 'AccessDeniedError',
  InvalidSignatureException: 'AccessDeniedError',
  ExpiredTokenException: 'AccessDeniedError',
  RequestTooLargeException: 'RequestTooLargeError',
  InvalidParameterValueException: 'RequestRefusedError',
  CredentialsProviderError: 'SigningError',
};

function errorOfSdk(thrown: unknown, name: string): RostbeefError {
  if (!(thrown instanceof Error))
    return errorOf('ApiAnswerError', `Lambda failed to invoke ${name}`, { cause: thrown });
  const known = thrown.message === 'Region is missing' ? 'SigningError' : BEFORE_INVOCATION[thrown.name];
  const message = `Lambda did not invoke ${name}: ${thrown.message}`;
  if (known !== undefined) return errorOf(known, message, { cause: thrown });
  if ('$metadata' in thrown && isObject(thrown.$metadata) && thrown.$metadata['httpStatusCode'] !== undefined) {
    return errorOf('FunctionFailedError', `Lambda failed to invoke ${name}: ${thrown.name}`, { cause: thrown });
  }
  const { reason, mayHaveBeenSent } = connectionFailure(thrown);
  return mayHaveBeenSent
    ? errorOf('ApiConnectionLostError', `The connection to Lambda broke before it answered (${reason})`, {
        cause: thrown,
      })
    : errorOf('ApiUnreachableError', `There is no connection to Lambda (${reason})`, { cause: thrown });
}

/** The result of an invocation. @throws the error that the function threw */
function resultOf({ payload, hasThrown }: Invoked): unknown {
  const value = parsed(payload);
  if (!isObject(value)) throw errorOf('ApiAnswerError', 'expected a JSON object from the function');
  if (!hasThrown) return value;
  throw errorOfThrown(value);
}

/**
 * The error that a function threw. A thrown error has a name and a message only. The message ends with code and condition,
 * and then with one line of JSON if there are issues or sides.
 */
function errorOfThrown({ errorType, errorMessage }: Readonly<Record<string, unknown>>): RostbeefError {
  const message = typeof errorMessage === 'string' ? errorMessage : '';
  if (!isErrorName(errorType)) {
    return errorOf('FunctionFailedError', `The function ended without a result: ${errorType} ${message}`.trim());
  }
  const at = message.search(/ \{"(?:issues|sides)":[^\n]*\}$/);
  const structure = at < 0 ? undefined : parsed(message.slice(at + 1));
  const words = isObject(structure) ? message.slice(0, at) : message;
  const [, code, ofCode, alone] = /\((?:(-?\d+)(?: ([a-z-]+))?|([a-z]+(?:-[a-z]+)+))\)$/.exec(words) ?? [];
  const condition = ofCode ?? alone;
  return errorOf(errorType, words, {
    ...(code !== undefined && { code: Number(code) }),
    ...(condition !== undefined && { condition }),
    ...(isObject(structure) && structureOf(structure)),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
