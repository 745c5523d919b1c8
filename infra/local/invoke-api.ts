import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { BodyTooLargeError, readBody } from './body.ts';
import type { Reply } from './reply.ts';
import type { Sandbox } from './sandbox.ts';

/** The most bytes of an event. The Lambda quotas say "6 MB" and "1 MB". These numbers were observed. */
const maxEventBytes = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 };

type InvocationType = keyof typeof maxEventBytes;

/** Matches the path of Lambda’s Invoke operation. The first group is the name of the function. */
export const invokePath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/**
 * Responds as Lambda’s Invoke operation does.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function invoke(
  sandboxes: ReadonlyMap<string, Sandbox>,
  identifier: string,
  request: IncomingMessage,
  requestId: string,
): Promise<Reply> {
  const sandbox = sandboxes.get(functionName(identifier));
  if (!sandbox) return failure(404, 'ResourceNotFoundException', `Function not found: ${identifier}`);

  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (!isInvocationType(type)) {
    return failure(400, 'InvalidParameterValueException', `The invocation type ${JSON.stringify(type)} is not one.`);
  }
  const body = await readBody(request, maxEventBytes[type]).catch((error: unknown) => {
    if (error instanceof BodyTooLargeError) return undefined;
    throw error;
  });
  if (!body) {
    const message = `Request must be smaller than ${maxEventBytes[type]} bytes for the InvokeFunction operation`;
    return failure(413, 'RequestTooLargeException', message);
  }
  const event = body.length === 0 ? Buffer.from('{}') : body;
  if (!isUtf8(event) || parse(event.toString()) === undefined) {
    return failure(400, 'InvalidRequestContentException', 'Could not parse request body into json');
  }
  const context = clientContext(request.headers['x-amz-client-context']);
  if (context === null) {
    return failure(400, 'InvalidRequestContentException', 'Client context must be a valid Base64-encoded JSON object.');
  }
  if (type === 'DryRun') return { status: 204, headers: {}, body: '' };

  const invoked = sandbox.invoke(event, { requestId, clientContext: context });
  if (type === 'Event')
    return { status: 202, headers: {}, body: '', later: invoked.then((late) => answer(late, false)) };
  return answer(await invoked, request.headers['x-amz-log-type'] === 'Tail');
}

function answer({ log, ...outcome }: Awaited<ReturnType<Sandbox['invoke']>>, withLog: boolean): Reply {
  const { kind, ...error } = outcome;
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(kind === 'error' && { 'x-amz-function-error': 'Unhandled' }),
      ...(withLog && { 'x-amz-log-result': logTail(log) }),
    },
    body: outcome.kind === 'result' ? outcome.body : JSON.stringify(error),
  };
}

/** Lambda returns the last 4 KB of the log. */
function logTail(lines: readonly string[]): string {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''))
    .subarray(-4096)
    .toString('base64');
}

/** Takes the name from a name, a partial ARN or a full ARN, with or without a version or alias. */
function functionName(identifier: string): string {
  const pattern = /^(?:(?:arn:[^:]+:lambda:[^:]+:)?\d{12}:function:)?([^:]+)(?::[^:]+)?$/;
  const [, name = ''] = pattern.exec(identifier.replaceAll(/%3a/gi, ':')) ?? [];
  return name;
}

function isInvocationType(value: unknown): value is InvocationType {
  return typeof value === 'string' && Object.hasOwn(maxEventBytes, value);
}

/** Returns the client context as JSON in ASCII, because it becomes a header. `null` if it is not a JSON object. */
function clientContext(header: string | string[] | undefined): string | undefined | null {
  if (header === undefined) return undefined;
  const context = parse(Buffer.from(String(header), 'base64').toString());
  if (typeof context !== 'object' || context === null) return null;
  return JSON.stringify(context).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function failure(status: number, type: string, message: string): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': type },
    body: JSON.stringify({ Type: 'User', Message: message }),
  };
}
