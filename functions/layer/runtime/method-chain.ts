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

/** An event, the function that runs its call within an invocation, and the facts for its log line. */
interface Attempt<Event> {
  readonly event: Event;
  readonly invoke: Invoke;
  readonly facts: CallFacts;
}

/** Facts about one call, for its log line. */
interface CallFacts {
  readonly started: number;
  jids?: Parameters<Audit>[0];
  remarks?: Remarks;
}

// Disables the timeout of middy, because middy would respond without ending the call. The invocation has a deadline.
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
  const chain = middy<Attempt<Event>, unknown>(NO_MIDDY_TIMEOUT)
    .use(logging(method, source))
    .use(responding(source))
    .handler(({ event, invoke, facts }: Attempt<Event>, lambda: Context) =>
      invoke(lambda, async ({ context, maxBodyBytes }) => {
        const { input, key } = source.read(event, maxBodyBytes);
        const audit: Audit = (jids) => {
          facts.jids = jids;
        };
        const remark: Remark = (remarks) => {
          facts.remarks = remarks;
        };
        return method.call(input, { ...context, key, audit, remark });
      }),
    );
  return (event, lambda, invoke) => chain({ event, invoke, facts: { started: now() } }, lambda);
}

function responding<Event>(source: EventSource<Event>): MiddlewareObj<Attempt<Event>, unknown> {
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

function logging<Event>(method: Method, source: EventSource<Event>): MiddlewareObj<Attempt<Event>, unknown> {
  const log: MiddlewareObj<Attempt<Event>, unknown>['after'] = ({ event: { event, facts }, context, error }) => {
    const message = source.message?.(event);
    logCall({
      method: method.name,
      door: source.name,
      requestId: context.awsRequestId,
      messageId: message?.messageId,
      receives: message?.receives,
      caller: method.writes ? source.caller?.(event) : undefined,
      jids: method.writes && facts.jids ? formatted(facts.jids) : undefined,
      verified: facts.remarks?.verified,
      durationMs: now() - facts.started,
      error: error ?? undefined,
    });
  };
  return { after: log, onError: log };
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
