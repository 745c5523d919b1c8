/** The functions by HTTP: behind API Gateway, or the local gateway. */
import { connectionFailure } from './connection-failure.ts';
import { errorOf } from './errors.ts';
import type { RostbeefError } from './generated/errors.ts';
import type { MethodName } from './generated/methods.ts';
import { isObject } from './is-object.ts';
import { errorOfProblem } from './problem.ts';
import type { Sign } from './sign.ts';
import type { Transport } from './transport.ts';

/** How requests are made. */
export interface HttpOptions {
  /** Signs each request, as `signV4` does. @default - requests are not signed, as for the local gateway */
  readonly sign?: Sign | undefined;
}

/**
 * Calls the functions by HTTP: `POST <url>/<method>`.
 *
 * @param url the URL of the API, such as `https://abcdef1234.execute-api.eu-west-1.amazonaws.com/live`. A last slash makes
 *   no difference
 * @throws TypeError if it is not an HTTP URL
 * @example
 * createClient(overHttp(url, { sign: signV4({ credentials: defaultProvider() }) }))
 * @example
 * createClient(overHttp('http://127.0.0.1:3000'))
 */
export function overHttp(url: string | URL, { sign }: HttpOptions = {}): Transport {
  const base = baseOf(url);
  return {
    async call({ method, input, signal }) {
      signal.throwIfAborted();
      const target = `${base}/${method}`;
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) };
      // The signal is given to fetch only, because a signed request keeps a copy of it.
      const request = sign === undefined ? new Request(target, init) : await signed(sign, target, init, signal);
      const response = await fetch(request, { signal, redirect: 'manual' }).catch((cause: unknown) => {
        throw signal.aborted ? signal.reason : failureOf(cause, base);
      });
      const text = await response.text().catch((cause: unknown) => {
        throw signal.aborted ? signal.reason : failureOf(cause, base, true);
      });
      return resultOf(response, text, method);
    },
  };
}

function baseOf(url: string | URL): string {
  const { protocol, origin, pathname } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError(`expected an HTTP URL, not ${protocol}`);
  return origin + pathname.replace(/\/+$/, '');
}

async function signed(sign: Sign, url: string, init: RequestInit, signal: AbortSignal): Promise<Request> {
  try {
    return await sign(url, init);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw errorOf('SigningError', `The request could not be signed: ${reason}`, { cause });
  }
}

function failureOf(cause: unknown, base: string, isAnswering = false): RostbeefError {
  const { reason, mayHaveBeenSent } = connectionFailure(cause);
  if (isAnswering || mayHaveBeenSent) {
    return errorOf('ApiConnectionLostError', `The connection to ${base} broke before it answered (${reason})`, {
      cause,
    });
  }
  return errorOf('ApiUnreachableError', `There is no connection to ${base} (${reason})`, { cause });
}

/** The result in an answer. @throws the error that it reports */
function resultOf({ status, headers }: Response, text: string, method: MethodName): unknown {
  const body = parsed(text);
  if (status === 200 && isObject(body)) return body;
  const requestId = headers.get('x-amzn-requestid') ?? undefined;
  const further = { status, requestId, retryAfterMs: retryAfterMs(headers.get('retry-after')) };
  throw errorOfProblem(body, further) ?? unknownAnswer(status, headers, method, further);
}

/** The error of an answer that is not one of this API, such as a proxy's. */
function unknownAnswer(
  status: number,
  headers: Headers,
  method: MethodName,
  further: { readonly retryAfterMs: number | undefined },
): RostbeefError {
  const type = headers.get('content-type')?.split(';', 1)[0] ?? 'no content type';
  const message = `expected JSON from ${method}, but the answer has status ${status} and ${type}: check the URL`;
  if (status === 429)
    return errorOf('TooManyRequestsError', `The gateway throttles the caller (status 429)`, { ...further, status });
  return errorOf('ApiAnswerError', message, { ...further, status });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
function retryAfterMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
