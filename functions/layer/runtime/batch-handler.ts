/** Runs a method for each record of an SQS batch. */
import type { Context } from 'aws-lambda';
import { type BatchResponse, type QueueRecord, recordsOf, respondToBatch, sqsSource } from '../events/sqs.ts';
import type { Method } from '../methods/define-method.ts';
import { type Invoke, methodChain } from './method-chain.ts';

/**
 * Creates the SQS handler of one method.
 *
 * A batch never fails as a whole. The response lists each record that failed, and SQS delivers those records again.
 * All records share one invocation, with its deadline and its connections. If the invocation can't start, each record
 * fails with its error.
 *
 * @param invoke runs a function within an invocation
 * @returns the handler. It does not throw
 */
export function batchHandler(
  method: Method,
  invoke: Invoke,
): (event: unknown, lambda: Context) => Promise<BatchResponse> {
  const chain = methodChain(method, sqsSource);
  const runBy = (lambda: Context, invokeRecord: Invoke) => (record: QueueRecord) =>
    chain(record, lambda, invokeRecord).then(
      () => true,
      () => false,
    );
  return async (event, lambda) => {
    const records = recordsOf(event);
    try {
      return await invoke(lambda, (invocation) =>
        respondToBatch(
          records,
          invocation.maxBodyBytes,
          runBy(lambda, (_, call) => call(invocation)),
        ),
      );
    } catch (error) {
      return respondToBatch(
        records,
        0,
        runBy(lambda, () => Promise.reject(error)),
      );
    }
  };
}
