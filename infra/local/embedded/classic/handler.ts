/** What the two modules share: how a call reaches a method, and what the state tells of a user. */
import type { Value } from '../reply.ts';
import type { Param } from '../request.ts';
import type { ServerState, Session } from '../state.ts';
import { textOf } from './text.ts';

/** The members of a call's one struct, in the text that ejabberd reads. */
export type Members = ReadonlyMap<string, string>;

/** A module's methods by their names. */
export type Methods = ReadonlyMap<string, (members: Members, state: ServerState) => Value>;

/** The handler crashed: mod_rostbeef's answer is a 500, mod_xmlrpc's the code -100. */
export class Crash extends Error {}

/** The members of a call with one struct; `undefined` where it has not just that, which no module knows. */
export function membersOf(params: readonly Param[]): Members | undefined {
  const [struct, ...more] = params;
  if (struct?.type !== 'struct' || more.length > 0) return undefined;
  return new Map(struct.members.map(([name, { text }]) => [name, textOf(text)]));
}

/** What a client says of itself, or nothing. */
export function childText({ presence }: Session, name: string): string {
  return presence?.getChildText(name) ?? '';
}

/** The show of an available session, whatever it is. */
export function showOf(session: Session): string {
  return childText(session, 'show') || 'available';
}
