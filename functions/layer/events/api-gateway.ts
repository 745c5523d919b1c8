/** Reads API Gateway proxy events, and responds with JSON or with RFC 9457 problem details. */
import { InvalidInputError } from '../errors/index.ts';
import type { IdempotencyKey } from '../idempotency/key.ts';
import { isObject } from '../shared/is-object.ts';
import type { EventSource } from './event-source.ts';
import { demandFitting, parseBody } from './json-body.ts';
import { problemOf } from './problem-details.ts';
import { withinLimit } from './response-limit.ts';

/** The log takes only an ARN, because a direct invocation can forge an API Gateway event with any text. */
const ARN = /^arn:[\w+=,.@:/-]{1,600}$/;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** API Gateway: a `POST` with the input as JSON body. Both REST APIs and HTTP APIs are supported (payload format 1.0, 2.0). */
export const httpSource: EventSource = {
  name: 'http',
  read(event, maxBodyBytes) {
    if (!isObject(event)) throw new InvalidInputError();
    demandPost(event);
    demandJson(event);
    return {
      input: parseBody(bodyOf(event, maxBodyBytes), { maxBytes: maxBodyBytes, name: 'the body' }),
      key: keyOf(event),
    };
  },
  caller: callerOf,
  respond: (result) => withinLimit(response(200, 'application/json', result)),
  fail(error, requestId) {
    const problem = problemOf(error, requestId);
    return response(problem.status, 'application/problem+json', problem);
  },
};

function response(statusCode: number, contentType: string, body: unknown) {
  return {
    statusCode,
    headers: {
      'content-type': contentType,
      'cache-control': 'no-store',
      ...(statusCode === 405 && { allow: 'POST' }),
    },
    // A final newline keeps a terminal readable.
    body: `${JSON.stringify(body)}\n`,
    isBase64Encoded: false,
  };
}

/** Returns the ARN that IAM authorization sets: in `identity` for a REST API, in `authorizer` for an HTTP API. */
function callerOf(event: unknown): string | undefined {
  const context = memberOf(event, 'requestContext');
  const arn =
    memberOf(memberOf(context, 'identity'), 'userArn') ??
    memberOf(memberOf(memberOf(context, 'authorizer'), 'iam'), 'userArn');
  return typeof arn === 'string' && ARN.test(arn) ? arn : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function demandPost(event: Readonly<Record<string, unknown>>): void {
  const method = event['httpMethod'] ?? memberOf(memberOf(event['requestContext'], 'http'), 'method');
  if (method !== 'POST') throw new InvalidInputError({ status: 405, detail: 'the HTTP method must be POST' });
}

/** Demands JSON (RFC 6839 section 3.1) in UTF-8 (RFC 8259 section 8.1). A missing content type counts as JSON. */
function demandJson(event: Readonly<Record<string, unknown>>): void {
  const contentType = headerOf(event, 'content-type')?.trim() ?? '';
  if (contentType !== '' && !/^(?:application\/json|[\w.+-]+\/[\w.+-]+\+json)\s*(?:;|$)/i.test(contentType)) {
    throw new InvalidInputError({ status: 415, detail: 'the content type must be application/json' });
  }
  const charsets = [...contentType.matchAll(/;\s*charset\s*=\s*"?([^\s;"]*)/gi)].map(([, charset = '']) => charset);
  if (charsets.every((charset) => /^utf-?8$/i.test(charset))) return;
  throw new InvalidInputError({ status: 415, detail: 'the charset of the content type must be UTF-8' });
}

function headerOf(event: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const headers = isObject(event['headers']) ? event['headers'] : {};
  const value = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

/**
 * Reads the key of the header `Idempotency-Key`, without white space and quotes around it.
 *
 * The header's value is a quoted string (draft-ietf-httpapi-idempotency-key-header), but most clients leave out the
 * quotes. A blank header becomes a key that is refused later, because its caller relies on it.
 */
function keyOf(event: Readonly<Record<string, unknown>>): IdempotencyKey | undefined {
  const value = headerOf(event, 'idempotency-key')?.trim();
  return value === undefined ? undefined : { source: 'Idempotency-Key', value: value.replace(/^"(.*)"$/, '$1') };
}

function bodyOf({ body, isBase64Encoded }: Readonly<Record<string, unknown>>, maxBytes: number): string {
  if (body === undefined || body === null || body === '') {
    throw new InvalidInputError({ detail: 'the body is empty; send a JSON object' });
  }
  if (typeof body !== 'string') {
    throw new InvalidInputError({ detail: 'the event’s body must be a string of JSON: write it with JSON.stringify' });
  }
  if (isBase64Encoded !== true) return body;
  demandFitting(Buffer.byteLength(body, 'base64'), { maxBytes, name: 'the body' });
  try {
    return UTF8.decode(Buffer.from(body, 'base64'));
  } catch {
    throw new InvalidInputError({ detail: 'the body is not UTF-8' });
  }
}
