/** What a method is: everything that needs to know one reads it here. */
import type * as z from 'zod/mini';
import type { Access } from '../access.ts';
import type { Dialect } from '../ejabberd/dialect.ts';
import type { IdempotencyKey } from '../idempotency/key.ts';
import type { Once } from '../idempotency/once.ts';
import type { Jid } from '../jid.ts';
import { parseInput } from './input.ts';

/** The seven names, as mod_rostbeef had them in 2008. */
export type MethodName =
  | 'link_contacts'
  | 'unlink_contacts'
  | 'get_roster'
  | 'get_roster_with_presence'
  | 'get_presence'
  | 'get_resources'
  | 'send_stanza';

/** What a method may use. */
export interface MethodContext {
  readonly dialect: Dialect;
  readonly access: Access;
  /** Sends at most once a key; `undefined` where no table keeps keys. */
  readonly once: Once | undefined;
  /** What the door knows this call by. */
  readonly key?: IdempotencyKey | undefined;
  /** Takes the JIDs that a call is to change or send for, before anything is decided or done about them. */
  readonly note?: Note;
  /** Takes what the log line of a call that succeeds has to say beside that. */
  readonly remark?: Remark;
}

/** Keeps for the log what a result does not tell. */
export type Remark = (remarks: Remarks) => void;

/** What a log line may say of a call that succeeded. */
export interface Remarks {
  /** `false` if a roster was too large to be read back, so that the server's acknowledgement counts. */
  readonly verified?: false;
}

/** Keeps for the log which JIDs a write is about, by the names of the input's members, in the form that is sent. */
export type Note = (jids: Readonly<Record<string, Jid>>) => void;

interface Description<Input, Result> {
  readonly name: MethodName;
  /** One line, for lists. */
  readonly summary: string;
  /** What a caller has to know, in Markdown. */
  readonly description: string;
  /** Whether it changes a roster or sends something, so that an event may ask for it. */
  readonly writes: boolean;
  /** Whether calling it twice does what calling it once does. */
  readonly idempotent: boolean;
  /** The schemas are made when they are asked for: a function needs one of them, and to make all is a part of a cold start. */
  input(): z.ZodMiniType<Input>;
  result(): z.ZodMiniType<Result>;
  readonly example: { readonly input: Input; readonly result: Result };
}

/** One method of the catalogue. */
export interface Method extends Description<unknown, unknown> {
  /**
   * Checks the input and does what the method does.
   *
   * @throws InvalidInputError for what breaks the schema, before anything else
   */
  call(input: unknown, context: MethodContext): Promise<unknown>;
}

/** Makes a method of its description and of what it does with an input that the schema has passed. */
export function defineMethod<Input, Result>({
  run,
  ...description
}: Description<Input, Result> & { run(input: Input, context: MethodContext): Promise<Result> }): Method {
  const { name } = description;
  let schema: z.ZodMiniType<Input> | undefined;
  const input = () => {
    schema ??= description.input();
    return schema;
  };
  return {
    ...description,
    input,
    call: async (given, context) => run(parseInput({ name, schema: input() }, given), context),
  };
}
