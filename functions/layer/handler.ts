/** The middy chains, one a door: read the event, call the method, answer or fail, and write the log line. */
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { type Container, openContainer } from './container.ts';
import { doorOf } from './doors/detect.ts';
import { direct } from './doors/direct.ts';
import type { Door } from './doors/door.ts';
import { http } from './doors/http.ts';
import { RostbeefError, UnexpectedError, UnsupportedEventError } from './errors/index.ts';
import { logCall } from './log.ts';
import type { Method } from './methods/method.ts';

/** A Lambda handler. */
export type LambdaHandler = (event: unknown, context: Context) => Promise<unknown>;

/**
 * The handler of one method, for all doors.
 *
 * Each door has a chain of its own: one shared by doors would turn a workflow's failure into a success, for what answers
 * an HTTP request with a problem returns normally.
 *
 * @param method one of the catalogue
 * @returns the Lambda handler; it throws a `RostbeefError` through the doors that throw, and never anything else
 * @example
 * export const handler = createHandler(getPresence);
 */
export function createHandler(method: Method): LambdaHandler {
  const container = onceReady(openContainer);
  const chains = { http: chainOf(http, method, container), direct: chainOf(direct, method, container) };
  return async (event, context) => {
    const door = doorOf(event);
    if (door !== 'unsupported') return chains[door](event, context);
    const error = new UnsupportedEventError();
    logCall({ method: method.name, door, requestId: context.awsRequestId, durationMs: 0, error });
    throw error;
  };
}

function chainOf(door: Door, method: Method, container: () => Container): LambdaHandler {
  // The deadline of the container's invocation is the one clock: middy's own would not end the call.
  const chain = middy<unknown, unknown>({ timeoutEarlyInMillis: 0 })
    .use(logging(method, door))
    .use(answering(door))
    .use(reading(door))
    .handler((input: unknown, { getRemainingTimeInMillis }: Context) =>
      container().invoke(getRemainingTimeInMillis(), (context) => method.call(input, context)),
    );
  return async (event, context) => chain(event, context);
}

function reading(door: Door): MiddlewareObj {
  return {
    before: (request) => {
      request.event = door.read(request.event);
    },
  };
}

function answering(door: Door): MiddlewareObj {
  return {
    after: (request) => {
      request.response = door.respond(request.response);
    },
    onError: (request) => {
      const { error } = request;
      const known = error instanceof RostbeefError ? error : new UnexpectedError({ cause: error });
      request.error = known;
      request.response = door.fail(known, request.context.awsRequestId);
    },
  };
}

function logging(method: Method, door: Door): MiddlewareObj {
  const started = new WeakMap<object, number>();
  const log: MiddlewareObj['after'] = (request) => {
    const durationMs = performance.now() - (started.get(request) ?? Number.NaN);
    const { awsRequestId: requestId } = request.context;
    logCall({ method: method.name, door: door.name, requestId, durationMs, error: request.error ?? undefined });
  };
  return {
    before: (request) => {
      started.set(request, performance.now());
    },
    after: log,
    onError: log,
  };
}

/** Settings that are wrong are told through the door at every call, not by a crash at the start. */
function onceReady<T>(open: () => T): () => T {
  let opened: T | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}
