/** Reads the forms in which ejabberd's releases wrap the same answers. */

import { isObject } from '../shared/is-object.ts';

/** An answer that is valid XML-RPC and not what the command answers. Says where, never what. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** The members of a struct; up to 23.10 a tuple is an array of one-member structs, and those are its members too. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(value)) {
    const members: Record<string, unknown> = Object.create(null);
    // One by one: as arguments of a single call a long list would not fit the stack.
    for (const item of value) if (isStruct(item)) Object.assign(members, item);
    return members;
  }
  if (isStruct(value)) return value;
  throw new ShapeError('expected a struct');
}

/** The list that is the answer's member `name`. */
export function listIn(answer: unknown, name: string): readonly unknown[] {
  const list = membersOf(answer)[name];
  if (!Array.isArray(list)) throw new ShapeError(`expected the list ${name}`);
  return list;
}

/** A row of a list of tuples: since 24.02 the struct itself, before that a struct whose one member holds the tuple. */
export function rowMembers(row: unknown): Readonly<Record<string, unknown>> {
  const members = membersOf(row);
  const [only, ...rest] = Object.values(members);
  return rest.length === 0 && Array.isArray(only) ? membersOf(only) : members;
}

/** The text of each item of a list of strings. */
export function textsOf(list: readonly unknown[]): readonly string[] {
  return list.map((item) => {
    const text = unwrapped(item);
    if (typeof text !== 'string') throw new ShapeError('expected a list of strings');
    return text;
  });
}

/** Like {@link textOr}, for an item of a list. */
export function itemText(item: unknown): string {
  return textOr(unwrapped(item));
}

/** The integer of a command that answers `res` alone. */
export function resultCode(answer: unknown): number {
  const code = membersOf(answer)['res'];
  if (typeof code !== 'number') throw new ShapeError('expected the integer res');
  return code;
}

/** A string, or `""` for anything else: a roster stays readable whatever one of its fields holds. */
export function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Since 24.02 a list's item is bare, before that the one member of a struct. */
function unwrapped(item: unknown): unknown {
  return isStruct(item) ? Object.values(item)[0] : item;
}

function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !(value instanceof Uint8Array);
}
