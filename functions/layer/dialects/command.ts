/** Describes one call of an XML-RPC command: its arguments, and how to read its response. */
import type { Fault } from './faults.ts';

/**
 * One call of a command.
 *
 * @example
 * const echo: Command<true> = { name: 'echothis', args: { sentence: 'hi' }, idempotent: true, read: () => true };
 */
export interface Command<T> {
  readonly name: string;
  /** The arguments by name. Other types of XML-RPC are not needed. */
  readonly args: Readonly<Record<string, string | readonly string[]>>;
  /** The vhost that the command acts on, if it names one. */
  readonly host?: string | undefined;
  /** Whether a second run changes nothing more. */
  readonly idempotent: boolean;
  /** Whether its response grows with a roster or with the number of sessions. Few such commands run at a time. */
  readonly large?: boolean;
  /** Reads the response. It throws a ShapeError if the response has another form, or the error that the response reports. */
  readonly read: (answer: unknown) => T;
  /** Reads a fault that is a result, or throws its error. It returns `undefined` for any other fault. */
  readonly readFault?: (fault: Fault) => T | undefined;
}
