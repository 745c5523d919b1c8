/** The middy chain around a method: read the event, call the method, respond or fail, and write the log line. */
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { RostbeefError, UnexpectedError } from '../errors/index.ts';
import type { EventSource } from '../events/event-source.ts';
import type { Audit, Method, MethodContext, Remark, Remarks } from '../methods/define-method.ts';
import { logCall } from '../observability/call-log.ts';
import { now } from '../shared/clock.ts';
import { formatJid } from '../xmpp/jid.ts';

/** What an invocation gives to each of its calls. */
export interface Invocation {
  readonly context: MethodContext;
  /** The most bytes that an event's JSON body may have. */
  readonly maxBodyBytes: number;
}

/** Runs one call in an invocation, and resolves to what the call returns. */
export type Invoke = <T>(lambda: Context, call: (invocation: Invocation) => Promise<T>) => Promise<T>;

/** An event, with the invocation that it is called in. */
interface Attempt<Event> {
  readonly event: Event;
  readonly invoke: Invoke;
}

/** Facts of one call that only its log line tells. */
interface Facts {
  readonly started: number;
  jids?: Readonly<Record<string, string>>;
  remarks?: Remarks;
}

// The deadline of the invocation is the only clock, because middy's own would not end the call.
const NO_TIMEOUT_OF_MIDDY = { timeoutEarlyInMillis: 0 };

/**
 * Makes the chain of one method for one event source.
 *
 * Each event source has its own chain. A shared one would turn a workflow's failure into a success, because the response
 * to a failed HTTP request is returned and not thrown.
 *
 * @returns runs the method for one event. It rejects with a `RostbeefError` if the source throws its errors
 */
export function methodChain<Event>(
  method: Method,
  source: EventSource<Event>,
): (event: Event, lambda: Context, invoke: Invoke) => Promise<unknown> {
  const facts = new WeakMap<object, Facts>();
  const chain = middy<Attempt<Event>, unknown>(NO_TIMEOUT_OF_MIDDY)
    .use(logging(method, source, facts))
    .use(answering(source))
    .handler(async (attempt: Attempt<Event>, lambda: Context) =>
      attempt.invoke(lambda, ({ context, maxBodyBytes }) => {
        const { input, key } = source.read(attempt.event, maxBodyBytes);
        return method.call(input, { ...context, key, ...(method.writes && notingIn(facts.get(attempt))) });
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
      const error = known(request.error);
      request.error = error;
      request.response = source.fail(error, request.context.awsRequestId);
    },
  };
}

function logging<Event>(
  method: Method,
  source: EventSource<Event>,
  facts: WeakMap<object, Facts>,
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

/** Keeps what a write's log line tells. */
function notingIn(facts: Facts | undefined): { readonly audit: Audit; readonly remark: Remark } {
  return {
    audit: (jids) => Object.assign(facts ?? {}, { jids: textsOf(jids) }),
    remark: (remarks) => Object.assign(facts ?? {}, { remarks }),
  };
}

/** The JIDs of a write as the log has them. */
function textsOf(jids: Parameters<Audit>[0]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(jids).flatMap(([name, jid]) => (jid === undefined ? [] : [[name, formatJid(jid)]])),
  );
}

/** Whatever was thrown, as an error with a name that callers can match. */
export function known(error: unknown): RostbeefError {
  return error instanceof RostbeefError ? error : new UnexpectedError({ cause: error });
}
