/** Describes a method once, for everything that needs to know one. */
import type * as z from 'zod/mini';
import type { Dialect } from '../dialects/dialect.ts';
import type { Once } from '../idempotency/at-most-once.ts';
import type { IdempotencyKey } from '../idempotency/key.ts';
import type { Jid } from '../xmpp/jid.ts';
import type { Authorization } from './authorization.ts';
import type { StanzaPolicy } from './stanza-policy.ts';
import { parseInput } from './validation.ts';

/** The seven names, as mod_rostbeef had them in 2008. */
export type MethodName =
  | 'link_contacts'
  | 'unlink_contacts'
  | 'get_roster'
  | 'get_roster_with_presence'
  | 'get_presence'
  | 'get_resources'
  | 'send_stanza';

/** The JIDs that an input names. The framework logs and authorizes them before the method runs. */
export interface NamedJids {
  /** Every JID, by the path of the member that holds it. Absent members may be listed as `undefined`. */
  readonly jids: Readonly<Record<string, Jid | undefined>>;
  /** The JIDs that the call acts for, if those are not all: a stanza's own addresses override the arguments. */
  readonly effective?: Readonly<Record<string, Jid>>;
  /**
   * Whether one of two JIDs may be a contact on another server, which `EJABBERD_SERVERS` can't list. The other JID must be
   * on a listed server.
   */
  readonly isOneAContact?: boolean;
  /** The effective sender of a stanza, and the member that holds it. */
  readonly sender?: { readonly path: string; readonly jid: Jid };
}

/** Tells the log which JIDs a call acts for, by the names of the input's members. */
export type Audit = (jids: Readonly<Record<string, Jid | undefined>>) => void;

/** What is known of a call before any JID is authorized. Nothing here reaches the server. */
export interface InputContext {
  /** The key that the event carries: a header, or the id of a message or an event. */
  readonly key?: IdempotencyKey | undefined;
  /** Whether a table keeps idempotency keys. */
  readonly keepsKeys: boolean;
  /** The most bytes of UTF-8 that a stanza may have. */
  readonly maxStanzaBytes: number;
}

/** What a method may use once its JIDs are authorized. */
export interface RunContext {
  readonly dialect: Dialect;
  /** Whether callers may name users of this server. */
  readonly covers: Authorization['covers'];
  readonly stanzaPolicy: StanzaPolicy;
  /** Sends at most once for each key; `undefined` if no table keeps keys. */
  readonly once: Once | undefined;
  /** Takes what the log line of a call that succeeds holds and its result does not. */
  readonly remark?: Remark;
}

/** Keeps remarks for the log. */
export type Remark = (remarks: Remarks) => void;

/** Facts about a call that succeeded. */
export interface Remarks {
  /** `false` if a roster was too large to be read back, so that the server's acknowledgement counts. */
  readonly verified?: false;
}

/** What the framework needs for one call. */
export interface MethodContext extends Omit<InputContext, 'keepsKeys'>, RunContext {
  readonly demand: Authorization['demand'];
  readonly audit?: Audit;
}

interface Description<Input, Result> {
  readonly name: MethodName;
  /** One line, for lists. */
  readonly summary: string;
  /** Everything that a caller has to know, in Markdown. */
  readonly description: string;
  /** Whether it changes a roster or sends something, so that an event may ask for it. */
  readonly writes: boolean;
  /** Whether calling it twice does what calling it once does. */
  readonly idempotent: boolean;
  /** Makes the schema when it is asked for: a function needs one, and to make all of them is a part of a cold start. */
  input(): z.ZodMiniType<Input>;
  result(): z.ZodMiniType<Result>;
  readonly example: { readonly input: Input; readonly result: Result };
}

/** One method of the catalogue. */
export interface Method extends Description<unknown, unknown> {
  /**
   * Validates the input, logs and authorizes the JIDs that it names, and then runs the method.
   *
   * @throws InvalidInputError if the input breaks the schema, before anything else
   * @throws JidMalformedError, ForbiddenServerError before anything is sent
   */
  call(input: unknown, context: MethodContext): Promise<unknown>;
}

/** The two steps of a method. */
interface Steps<Input, Named extends NamedJids, Result> {
  /**
   * Names every JID of a validated input. Whatever else it reads of the input goes with them to `run`.
   *
   * @throws JidMalformedError, InvalidInputError
   */
  names(input: Input, context: InputContext): Named | Promise<Named>;
  /** Does the work, with JIDs that are logged and authorized. */
  run(input: Input, named: Named, context: RunContext): Promise<Result>;
}

/**
 * Makes a method from its description and its two steps.
 *
 * @example
 * defineMethod({ name: 'get_resources', …, names: (input) => ({ jids: { server: userJid(input) } }), run: … })
 */
export function defineMethod<Input, Named extends NamedJids, Result>({
  names,
  run,
  ...description
}: Description<Input, Result> & Steps<Input, Named, Result>): Method {
  const { name } = description;
  let schema: z.ZodMiniType<Input> | undefined;
  const input = () => {
    schema ??= description.input();
    return schema;
  };
  return {
    ...description,
    input,
    async call(given, { demand, audit, key, maxStanzaBytes, ...context }) {
      const valid = parseInput({ name, schema: input() }, given);
      const named = await names(valid, { key, maxStanzaBytes, keepsKeys: context.once !== undefined });
      audit?.(named.effective ?? named.jids);
      await demand(named, (domain) => context.dialect.isForeign(domain));
      return run(valid, named, context);
    },
  };
}
