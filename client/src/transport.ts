/** The way to the functions. */
import type { MethodName } from './generated/methods.ts';

/** One call as a transport gets it. */
export interface TransportCall {
  readonly method: MethodName;
  readonly input: object;
  /** Ends the call. The transport then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/**
 * Carries one call, once, to the functions. A transport repeats nothing.
 *
 * It resolves with the result, and rejects with an error of the closed set or with the reason of the signal.
 */
export interface Transport {
  call(call: TransportCall): Promise<unknown>;
}
