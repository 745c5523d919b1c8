/** Wraps a method in a middy chain: read the event, call the method, respond or fail, and write the log line. */
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { RostbeefError, UnexpectedError } from '../errors/index.ts';
import type { EventSource } from '../events/event-source.ts';
import type { Audit, Method, MethodContext, Remark, Remarks } from '../methods/define-method.ts';
import { logCall } from '../observability/call-log.ts';
import { now } from '../shared/clock.ts';
import { formatJid } from '../xmpp/jid.ts';

/** The part of an invocation that all of its calls share. */
export interface Invocation {
  readonly context: MethodContext;
  /** The largest JSON body of an event, in bytes. */
  readonly maxBodyBytes: number;
}

/** Runs one call within an invocation, and resolves to the result of the call. */
export type Invoke = <T>(lambda: Context, call: (invocation: Invocation) => Promise<T>) => Promise<T>;

/** An event, and the function that runs its call within an invocation. */
interface Attempt<Event> {
  readonly event: Event;
  readonly invoke: Invoke;
}

/** Facts about one call, for its log line. */
interface CallFacts {
  readonly started: number;
  jids?: Readonly<Record<string, string>>;
  remarks?: Remarks;
}

// Disables the timeout of middy, because it would answer without ending the call. The invocation has a deadline.
const NO_MIDDY_TIMEOUT = { timeoutEarlyInMillis: 0 };

/**
 * Creates the chain of one method for one event source.
 *
 * Each event source has its own chain, because sources fail in different ways. HTTP returns a response for an error. A
 * workflow would take a returned response for a success, so that errors must be thrown.
 *
 * @returns a function that runs the method for one event. It rejects with a `RostbeefError` if `source.fail` returns
 *   `undefined`
 */
export function methodChain<Event>(
  method: Method,
  source: EventSource<Event>,
): (event: Event, lambda: Context, invoke: Invoke) => Promise<unknown> {
  const facts = new WeakMap<object, CallFacts>();
  const chain = middy<Attempt<Event>, unknown>(NO_MIDDY_TIMEOUT)
    .use(logging(method, source, facts))
    .use(answering(source))
    .handler(async (attempt: Attempt<Event>, lambda: Context) =>
      attempt.invoke(lambda, ({ context, maxBodyBytes }) => {
        const { input, key } = source.read(attempt.event, maxBodyBytes);
        const ofCall = facts.get(attempt);
        const audit: Audit = (jids) => Object.assign(ofCall ?? {}, { jids: formatted(jids) });
        const remark: Remark = (remarks) => Object.assign(ofCall ?? {}, { remarks });
        return method.call(input, { ...context, key, audit, remark });
      }),
    );
  return async (event, lambda, invoke) => chain({ event, invoke }, lambda);
}

function answering<Event>(source: EventSource<Event>): MiddlewareObj<Attempt<Event>, unknown> {
  return {
    after: (request) => {
      request.response = source.respond(request.response);
    },
    onError: (request) => {
      const error = asRostbeefError(request.error);
      request.error = error;
      request.response = source.fail(error, request.context.awsRequestId);
    },
  };
}

function logging<Event>(
  method: Method,
  source: EventSource<Event>,
  facts: WeakMap<object, CallFacts>,
): MiddlewareObj<Attempt<Event>, unknown> {
  const log: MiddlewareObj<Attempt<Event>, unknown>['after'] = ({ event: attempt, context, error }) => {
    const { started = Number.NaN, jids, remarks } = facts.get(attempt) ?? {};
    const audit = method.writes ? { caller: source.caller?.(attempt.event), jids, ...remarks } : {};
    const about = { requestId: context.awsRequestId, ...source.message?.(attempt.event), ...audit };
    logCall({
      method: method.name,
      door: source.name,
      ...about,
      durationMs: now() - started,
      error: error ?? undefined,
    });
  };
  return {
    before: ({ event: attempt }) => {
      facts.set(attempt, { started: now() });
    },
    after: log,
    onError: log,
  };
}

function formatted(jids: Parameters<Audit>[0]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(jids).flatMap(([name, jid]) => (jid === undefined ? [] : [[name, formatJid(jid)]])),
  );
}

/** Wraps any other error in an `UnexpectedError`, so that callers can match every error by its name. */
export function asRostbeefError(error: unknown): RostbeefError {
  return error instanceof RostbeefError ? error : new UnexpectedError({ cause: error });
}
