/** Runs a method for each record of an SQS batch. */
import type { Context } from 'aws-lambda';
import { type BatchResponse, type QueueRecord, recordsOf, respondToBatch, sqsSource } from '../events/sqs.ts';
import type { Method } from '../methods/define-method.ts';
import { type Invocation, type Invoke, methodChain } from './method-chain.ts';

/**
 * Creates the SQS handler of one method.
 *
 * A batch never fails as a whole. The response lists each record that failed, and SQS delivers those records again.
 * All records share one invocation, with its deadline and its connections.
 *
 * @param invoke runs a function within an invocation
 * @returns the handler. It does not throw
 */
export function batchHandler(
  method: Method,
  invoke: Invoke,
): (event: unknown, lambda: Context) => Promise<BatchResponse> {
  const chain = methodChain(method, sqsSource);
  return async (event, lambda) => {
    const records = recordsOf(event);
    const run = (invocation: () => Invocation) => (record: QueueRecord) =>
      chain(record, lambda, async (_, call) => call(invocation())).then(
        () => true,
        () => false,
      );
    try {
      return await invoke(lambda, (invocation) =>
        respondToBatch(
          records,
          invocation.maxBodyBytes,
          run(() => invocation),
        ),
      );
    } catch (error) {
      return respondToBatch(
        records,
        0,
        run(() => {
          throw error;
        }),
      );
    }
  };
}
