/** The middy chains, one a door: read the event, call the method, answer or fail, and write the log line. */
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { type Container, openContainer } from './runtime.ts';
import { doorOf } from '../events/detect.ts';
import { direct } from '../events/direct.ts';
import type { Door } from '../events/event-source.ts';
import { eventbridge } from '../events/eventbridge.ts';
import { http } from '../events/api-gateway.ts';
import { answerBatch, callOf, type QueueRecord, recordsOf } from '../events/sqs.ts';
import { describeUnsupported } from '../events/unsupported.ts';
import {
  ConfigurationError,
  RostbeefError,
  thrownMessage,
  UnexpectedError,
  UnsupportedEventError,
} from '../errors/index.ts';
import { formatJid } from '../xmpp/jid.ts';
import { logCall } from '../observability/call-log.ts';
import type { Audit, Method, Remark, Remarks } from '../methods/define-method.ts';
import { now } from '../shared/clock.ts';

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
  const chains = {
    http: chainOf(http, method, container),
    direct: chainOf(direct, method, container),
    eventbridge: chainOf(eventbridge, method, container),
    sqs: batchChainOf(method, container),
  };
  prepare(method, container);
  return async (event, context) => {
    const door = doorOf(event);
    if (door !== 'unsupported') return chains[door](event, context);
    const error = new UnsupportedEventError({ detail: describeUnsupported(event) });
    logCall({ method: method.name, door, requestId: context.awsRequestId, durationMs: 0, error });
    throw error;
  };
}

// The deadline of the container's invocation is the one clock: middy's own would not end the call.
const NO_TIMEOUT_OF_MIDDY = { timeoutEarlyInMillis: 0 };

function chainOf(door: Door, method: Method, container: () => Container): LambdaHandler {
  const notes = new WeakMap<object, Noted>();
  const remarks = new WeakMap<object, Remarks>();
  const chain = middy<unknown, unknown>(NO_TIMEOUT_OF_MIDDY)
    .use(logging(method, door, notes, remarks))
    .use(answering(door))
    .handler(async (event: unknown, lambda: Context) => {
      const { invoke, maxBodyBytes } = container();
      const { input, key } = door.read(event, maxBodyBytes);
      const audit: Audit = (jids) => notes.set(lambda, textsOf(jids));
      const remark: Remark = (remarked) => remarks.set(lambda, remarked);
      return invoke(lambda.getRemainingTimeInMillis(), (context) =>
        method.call(input, { ...context, key, audit, remark }),
      );
    });
  return async (event, context) => chain(event, context).catch(leave);
}

/** Throws an error out of the function. Its log line is written by then, and holds nothing twice. */
function leave(thrown: unknown): never {
  const error = known(thrown);
  error.message = thrownMessage(error);
  throw error;
}

/** A batch never fails as a whole: what fails is each record by itself. */
function batchChainOf(method: Method, container: () => Container): LambdaHandler {
  const chain = middy<unknown, unknown>(NO_TIMEOUT_OF_MIDDY).handler(async (event: unknown, context: Context) => {
    const records = recordsOf(event);
    const attempt = async (
      record: QueueRecord,
      call: (audit: Audit, remark: Remark) => Promise<unknown>,
    ): Promise<boolean> => {
      const started = now();
      let jids: Noted | undefined;
      const audit: Audit = (audited) => {
        jids = textsOf(audited);
      };
      let remarks: Remarks = {};
      const remark: Remark = (remarked) => {
        remarks = remarked;
      };
      const error = await call(audit, remark).then(() => undefined, known);
      const { messageId, receives } = record;
      const requestId = context.awsRequestId;
      const durationMs = now() - started;
      const about = { requestId, messageId, receives, jids, ...remarks };
      logCall({ method: method.name, door: 'sqs', ...about, durationMs, error });
      return error === undefined;
    };
    try {
      const { invoke, maxBodyBytes } = container();
      return await invoke(context.getRemainingTimeInMillis(), (methodContext) =>
        answerBatch(records, maxBodyBytes, (record) =>
          attempt(record, async (audit, remark) => {
            const { input, key } = callOf(record, maxBodyBytes);
            return method.call(input, { ...methodContext, key, audit, remark });
          }),
        ),
      );
    } catch (error) {
      return answerBatch(records, 0, (record) => attempt(record, () => Promise.reject(error)));
    }
  });
  return async (event, context) => chain(event, context);
}

function answering(door: Door): MiddlewareObj {
  return {
    after: (request) => {
      request.response = door.respond(request.response);
    },
    onError: (request) => {
      const error = known(request.error);
      request.error = error;
      request.response = door.fail(error, request.context.awsRequestId);
    },
  };
}

function logging(
  method: Method,
  door: Door,
  notes: WeakMap<object, Noted>,
  remarks: WeakMap<object, Remarks>,
): MiddlewareObj {
  const started = new WeakMap<object, number>();
  const log: MiddlewareObj['after'] = ({ event, context, error }) => {
    const durationMs = now() - (started.get(context) ?? Number.NaN);
    const { awsRequestId: requestId } = context;
    const audit = method.writes
      ? { caller: door.caller?.(event), jids: notes.get(context), ...remarks.get(context) }
      : {};
    logCall({ method: method.name, door: door.name, requestId, ...audit, durationMs, error: error ?? undefined });
  };
  return {
    before: (request) => {
      started.set(request.context, now());
    },
    after: log,
    onError: log,
  };
}

/** The JIDs of a write as the log has them. */
type Noted = Readonly<Record<string, string>>;

function textsOf(jids: Parameters<Audit>[0]): Noted {
  return Object.fromEntries(
    Object.entries(jids).flatMap(([name, jid]) => (jid === undefined ? [] : [[name, formatJid(jid)]])),
  );
}

function known(error: unknown): RostbeefError {
  return error instanceof RostbeefError ? error : new UnexpectedError({ cause: error });
}

/** While the runtime starts, the secret is read and the schema made. */
function prepare(method: Method, container: () => Container): void {
  try {
    container().prepare();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
  }
  method.input();
}

/** Settings that are wrong are told through the door at every call, not by a crash at the start. */
function onceReady<T>(open: () => T): () => T {
  let opened: T | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}
