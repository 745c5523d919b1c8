/** Makes the Lambda handler of a method. */
import type { Context } from 'aws-lambda';
import { ConfigurationError, thrownMessage } from '../errors/index.ts';
import { httpSource } from '../events/api-gateway.ts';
import { detectSource } from '../events/detect.ts';
import { directSource } from '../events/direct.ts';
import { eventBridgeSource } from '../events/eventbridge.ts';
import { unsupportedSource } from '../events/unsupported.ts';
import type { Method } from '../methods/define-method.ts';
import { batchHandler } from './batch-handler.ts';
import { type Invoke, known, methodChain } from './method-chain.ts';
import { openRuntime, type Runtime } from './runtime.ts';

/** A Lambda handler. */
export type LambdaHandler = (event: unknown, context: Context) => Promise<unknown>;

/**
 * Makes the handler of one method, for all event sources.
 *
 * @param method one of the catalogue
 * @returns the Lambda handler. Direct invocations and EventBridge events that fail throw a `RostbeefError`, and nothing else
 * @example
 * export const handler = createHandler(getPresence);
 */
export function createHandler(method: Method): LambdaHandler {
  const runtime = onceReady(openRuntime);
  const invoke: Invoke = async (lambda, call) => {
    const { invoke: run, maxBodyBytes } = runtime();
    return run(lambda.getRemainingTimeInMillis(), (context) => call({ context, maxBodyBytes }));
  };
  const handlerOf = (chain: ReturnType<typeof methodChain>): LambdaHandler => {
    return (event, lambda) => chain(event, lambda, invoke).catch(leave);
  };
  const handlers = {
    http: handlerOf(methodChain(method, httpSource)),
    direct: handlerOf(methodChain(method, directSource)),
    eventbridge: handlerOf(methodChain(method, eventBridgeSource)),
    unsupported: handlerOf(methodChain(method, unsupportedSource)),
    sqs: batchHandler(method, invoke),
  };
  prepare(method, runtime);
  return async (event, lambda) => handlers[detectSource(event)](event, lambda);
}

/** Throws an error out of the function. Its log line is written before, and holds nothing twice. */
function leave(thrown: unknown): never {
  const error = known(thrown);
  error.message = thrownMessage(error);
  throw error;
}

/** Reads the secret and makes the schema while Lambda starts the function. */
function prepare(method: Method, runtime: () => Runtime): void {
  try {
    runtime().prepare();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
  }
  method.input();
}

/** Opens on first use. Wrong settings fail every call, because a crash at the start would tell nothing. */
function onceReady<T>(open: () => T): () => T {
  let opened: T | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}
