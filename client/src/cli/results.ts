/** Writes results: for people in a terminal, as JSON in a pipe. */

import { UsageError } from './failures.ts';
import type { Io } from './io.ts';

/**
 * Writes a result.
 *
 * @param value what is written as JSON
 * @param forPeople writes the same to a terminal
 */
export function writeResult({ out }: Io, value: unknown, forPeople: () => void): void {
  if (out.isTerminal) forPeople();
  else out.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** User and server of a bare JID. @throws UsageError */
export function userOf(jid: string): { readonly user: string; readonly server: string } {
  const at = jid.indexOf('@');
  if (at < 1 || at === jid.length - 1) throw new UsageError(`expected a JID such as alice@example.com, not ${jid}`);
  return { user: jid.slice(0, at), server: jid.slice(at + 1) };
}
