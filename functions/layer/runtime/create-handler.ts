/** Creates the Lambda handler of a method. */
import type { Context } from 'aws-lambda';
import { ConfigurationError, thrownMessage } from '../errors/index.ts';
import { httpSource } from '../events/api-gateway.ts';
import { detectSource } from '../events/detect.ts';
import { directSource } from '../events/direct.ts';
import { eventBridgeSource } from '../events/eventbridge.ts';
import { unsupportedSource } from '../events/unsupported.ts';
import type { Method } from '../methods/define-method.ts';
import { lazy } from '../shared/lazy.ts';
import { batchHandler } from './batch-handler.ts';
import { asRostbeefError, type Invoke, methodChain } from './method-chain.ts';
import { openRuntime, type Runtime } from './runtime.ts';

/** A Lambda handler, with the event and the context of the Node.js runtime. */
export type LambdaHandler = (event: unknown, context: Context) => Promise<unknown>;

/**
 * Creates the Lambda handler of one method, for all event sources.
 *
 * Invalid settings do not fail this call. They fail every invocation with a `ConfigurationError`.
 *
 * @param method a method of the `catalogue`
 * @returns the Lambda handler. HTTP requests and SQS batches get a response in any case. For other events, the handler
 *   throws a `RostbeefError` if the call fails
 * @example
 * export const handler = createHandler(getPresence);
 */
export function createHandler(method: Method): LambdaHandler {
  // Opened on demand, because an error during init would not reach the callers.
  const runtime = lazy(openRuntime);
  const invoke: Invoke = async (lambda, call) => {
    const { invoke: run, maxBodyBytes } = runtime();
    return run(lambda.getRemainingTimeInMillis(), (context) => call({ context, maxBodyBytes }));
  };
  const handlerOf = (chain: ReturnType<typeof methodChain>): LambdaHandler => {
    return (event, lambda) => chain(event, lambda, invoke).catch(throwWithIssues);
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

/** Throws an error out of the function. Its log line, which holds the shorter message, is already written. */
function throwWithIssues(thrown: unknown): never {
  const error = asRostbeefError(thrown);
  error.message = thrownMessage(error);
  throw error;
}

/** Starts reading the secret and creates the schema during init, because init has the full CPU. */
function prepare(method: Method, runtime: () => Runtime): void {
  try {
    runtime().prepare();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
  }
  method.input();
}
