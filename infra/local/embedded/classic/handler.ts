/** The parts that mod_rostbeef and mod_xmlrpc share. */
import type { Value } from '../reply.ts';
import type { Param } from '../request.ts';
import type { ServerState, Session } from '../state.ts';
import { textOf } from './text.ts';

/** The members of a call’s struct, as the text that ejabberd reads. */
export type Members = ReadonlyMap<string, string>;

/** The methods of a module by name. */
export type Methods = ReadonlyMap<string, (members: Members, state: ServerState) => Value>;

/** The handler crashed. mod_rostbeef then responds with status 500, and mod_xmlrpc with the code -100. */
export class Crash extends Error {}

/** Returns the members of a call’s only struct. `undefined` if the call has other parameters, which no module knows. */
export function membersOf(params: readonly Param[]): Members | undefined {
  const [struct, ...more] = params;
  if (struct?.type !== 'struct' || more.length > 0) return undefined;
  return new Map(struct.members.map(([name, { text }]) => [name, textOf(text)]));
}

/** Returns the text of a child of the session’s presence, or an empty text. */
export function childText({ presence }: Session, name: string): string {
  return presence?.getChildText(name) ?? '';
}

/** Returns the show of an available session, which may be any text. */
export function showOf(session: Session): string {
  return childText(session, 'show') || 'available';
}
