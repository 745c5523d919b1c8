/** Reads the forms in which the releases of ejabberd wrap the same values. Each reader throws a `ShapeError` on another form. */
import { isObject } from '../shared/is-object.ts';

/** The response is valid XML-RPC, but not of the command's form. The message holds nothing of the response. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Returns the members of a struct. Up to 23.10, a tuple is an array of structs with one member each. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(value)) {
    const members: Record<string, unknown> = Object.create(null);
    // One call for each item, because the stack can't hold a long list of arguments.
    for (const item of value) if (isStruct(item)) Object.assign(members, item);
    return members;
  }
  if (isStruct(value)) return value;
  throw new ShapeError('expected a struct');
}

/** Returns the list that is the member `name` of a response. */
export function listIn(answer: unknown, name: string): readonly unknown[] {
  const list = membersOf(answer)[name];
  if (!Array.isArray(list)) throw new ShapeError(`expected the list ${name}`);
  return list;
}

/** Returns the members of a row. Since 24.02 a row is a struct; before, a struct whose only member holds the tuple. */
export function rowMembers(row: unknown): Readonly<Record<string, unknown>> {
  const members = membersOf(row);
  const values = Object.values(members);
  return values.length === 1 && Array.isArray(values[0]) ? membersOf(values[0]) : members;
}

/** Returns the texts of a list of strings. */
export function textsOf(list: readonly unknown[]): readonly string[] {
  return list.map((item) => {
    const text = unwrapped(item);
    if (typeof text !== 'string') throw new ShapeError('expected a list of strings');
    return text;
  });
}

/** Does the same as {@link textOr} for an item of a list. */
export function itemText(item: unknown): string {
  return textOr(unwrapped(item));
}

/** Returns the integer of a command whose response has only `res`. */
export function resultCode(answer: unknown): number {
  const code = membersOf(answer)['res'];
  if (typeof code !== 'number') throw new ShapeError('expected the integer res');
  return code;
}

/** Returns a string, or `""` for any other value, so that one odd field does not make a roster unreadable. */
export function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Unwraps an item of a list. Before 24.02 it is the only member of a struct. */
function unwrapped(item: unknown): unknown {
  return isStruct(item) ? Object.values(item)[0] : item;
}

function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !(value instanceof Uint8Array);
}
