/** Checks the arguments of a command in ejabberd’s order, with ejabberd’s error texts. */
import type { Value } from './reply.ts';
import type { Param } from './request.ts';

/** An argument of a command. The first name is the documented one, and the others are aliases. */
export interface Argument {
  readonly names: readonly string[];
  readonly isList?: boolean;
}

/** The arguments of a call by their documented names. */
export type Arguments = Readonly<Record<string, string | readonly string[]>>;

/** An XML-RPC fault. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/** Reads the arguments from a struct. @throws Fault for an argument that is missing, repeated, unknown or of the wrong type */
export function takeArguments(expected: readonly Argument[], struct: Param): Arguments {
  let rest = [...struct.members];
  const taken: Record<string, string | readonly string[]> = {};
  for (const { names, isList = false } of expected) {
    const [name = ''] = names;
    const found = rest.filter(([given]) => names.includes(given));
    const [first] = found;
    if (first === undefined) throw new Fault(-116, `Required attribute '${name}' not found:\n${terms(rest)}`);
    if (found.length > 1) throw new Fault(-114, `Attribute '${name}' duplicated:\n${terms(rest)}`);
    rest = rest.filter((member) => member !== first);
    taken[name] = typed(first[1], isList);
  }
  if (rest.length > 0) throw new Fault(-120, `The call provided additional unused arguments:\n${terms(rest)}`);
  return taken;
}

/** Returns the text of a failed command, which includes all arguments. */
export function problemText(reason: string, command: string, args: Arguments): string {
  const shown = Object.entries(args).map(([name, value]) => `{${name},${erlang(value)}}`);
  return `A problem '{error,${reason}}' occurred executing the command ${command} with arguments\n${list(shown)}`;
}

function typed({ type, text, items }: Param, isList: boolean): string | readonly string[] {
  const shown = type === 'array' ? '{array,…}' : text;
  if ((type === 'array') !== isList || !['string', 'array'].includes(type)) {
    throw new Fault(-122, `Parameter '${shown}' can't be coerced to type '${isList ? 'list' : 'binary'}'`);
  }
  return isList ? items.map((item) => item.text) : text;
}

function terms(members: Param['members']): string {
  return list(
    members.map(([name, { type, text, items }]) => {
      return `{${name},${type === 'array' ? `{array,[${items.map((item) => erlang(item.text)).join(',')}]}` : erlang(text)}}`;
    }),
  );
}

/** Erlang breaks a list of more than 80 characters into lines. */
function list(shown: readonly string[]): string {
  const line = `[${shown.join(',')}]`;
  return line.length <= 80 ? line : `[${shown.join(',\n ')}]`;
}

function erlang(value: Value): string {
  if (Array.isArray(value)) return `{array,[${value.map(erlang).join(',')}]}`;
  return `<<"${String(value).replace(/["\\]/g, '\\$&')}">>`;
}
