/** Describes one call of an XML-RPC command: its arguments, and how its answers read. */
import type { Fault } from './faults.ts';

/** One call of a command. */
export interface Command<T> {
  readonly name: string;
  readonly args: Readonly<Record<string, string | readonly string[]>>;
  /** The vhost that the command acts on, if it names one. */
  readonly host?: string | undefined;
  /** Whether running it twice does what running it once does. */
  readonly idempotent: boolean;
  /** Whether its answer grows with a roster or with the sessions of the server, so that few are read at a time. */
  readonly large?: boolean;
  /** Reads the answer; throws a ShapeError where it is none, or the error that it reports. */
  readonly read: (answer: unknown) => T;
  /** Reads a fault that is an answer as well; `undefined` for one that is not. */
  readonly readFault?: (fault: Fault) => T | undefined;
}
