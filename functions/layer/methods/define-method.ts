/** Defines a method in one place: its documentation, its schemas and its steps. */
import type * as z from 'zod/mini';
import type { Dialect } from '../dialects/dialect.ts';
import type { Once } from '../idempotency/at-most-once.ts';
import type { IdempotencyKey } from '../idempotency/key.ts';
import { lazy } from '../shared/lazy.ts';
import type { Jid } from '../xmpp/jid.ts';
import type { Authorization } from './authorization.ts';
import type { StanzaPolicy } from './stanza-policy.ts';
import { parseInput } from './validation.ts';

/** The names of the seven methods, as in mod_rostbeef of 2008. */
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
  /** Every JID, by the path of the member that holds it. Absent members may be `undefined`. */
  readonly jids: Readonly<Record<string, Jid | undefined>>;
  /** The JIDs that the call acts on, if they are not all of `jids`. The addresses of a stanza override the arguments. */
  readonly effective?: Readonly<Record<string, Jid>>;
  /**
   * Whether one of two JIDs may be a contact on another server, which `EJABBERD_SERVERS` can't list. The other JID must be
   * on a listed server.
   */
  readonly isOneAContact?: boolean;
  /** The effective sender of a stanza, and the member that holds it. */
  readonly sender?: { readonly path: string; readonly jid: Jid };
}

/** Adds the JIDs that a call acts on to its log line, by the members of the input. */
export type Audit = (jids: Readonly<Record<string, Jid | undefined>>) => void;

/** The context before the JIDs are authorized. It gives no access to the server. */
interface InputContext {
  /** The idempotency key of the event: a header, or the id of a message or event. */
  readonly key?: IdempotencyKey | undefined;
  /** Whether an idempotency table is configured. */
  readonly keepsKeys: boolean;
  /** The largest stanza, in bytes of UTF-8. */
  readonly maxStanzaBytes: number;
}

/** The context after the JIDs are authorized. */
interface RunContext {
  readonly dialect: Dialect;
  /** Whether callers may name users of this server. */
  readonly covers: Authorization['covers'];
  readonly stanzaPolicy: StanzaPolicy;
  /** Sends at most once for each key; `undefined` if no idempotency table is configured. */
  readonly once: Once | undefined;
  /** Adds remarks to the log line of a call that succeeds. */
  readonly remark?: Remark;
}

/** Adds remarks to the log line of a call. */
export type Remark = (remarks: Remarks) => void;

/** Facts about a call that succeeded, which its result does not have. */
export interface Remarks {
  /** `false` if a roster was too large to be read back, so that only the server's acknowledgement confirms the change. */
  readonly verified?: false;
}

/** The context of one call. */
export interface MethodContext extends Omit<InputContext, 'keepsKeys'>, RunContext {
  readonly demand: Authorization['demand'];
  readonly audit?: Audit;
}

interface Description<Input, Result> {
  readonly name: MethodName;
  /** One line for lists of methods. */
  readonly summary: string;
  /** The documentation for callers, in Markdown. */
  readonly description: string;
  /** Whether the method changes a roster or sends a stanza. Only these methods have queues and event rules. */
  readonly writes: boolean;
  /** Whether two calls have the same effect as one. */
  readonly idempotent: boolean;
  /** Creates the schema of the input. Schemas are created on demand, because creating all slows the cold start. */
  input(): z.ZodMiniType<Input>;
  /** Creates the schema of the result. */
  result(): z.ZodMiniType<Result>;
  readonly example: { readonly input: Input; readonly result: Result };
}

/** One method of the catalogue. */
export interface Method extends Description<unknown, unknown> {
  /**
   * Validates the input, logs and authorizes the JIDs that it names, and then runs the method.
   *
   * @throws InvalidInputError if the input breaks the schema
   * @throws JidMalformedError if a JID is not valid
   * @throws ForbiddenServerError if a JID is not authorized
   * @throws RostbeefError if the method fails. The errors above are thrown before anything is sent
   */
  call(input: unknown, context: MethodContext): Promise<unknown>;
}

/** The two steps of a method. */
interface Steps<Input, Named extends NamedJids, Result> {
  /**
   * Names every JID of a validated input. `run` receives the returned object, with any other values in it.
   *
   * @throws JidMalformedError if a JID is not valid
   * @throws InvalidInputError if another member is not valid
   */
  names(input: Input, context: InputContext): Named | Promise<Named>;
  /** Runs the method. All JIDs in `named` are logged and authorized. */
  run(input: Input, named: Named, context: RunContext): Promise<Result>;
}

/**
 * Creates a method from its description and its two steps.
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
  const input = lazy(description.input);
  return {
    ...description,
    input,
    async call(given, context) {
      const { key, maxStanzaBytes, once } = context;
      const valid = parseInput({ name, schema: input() }, given);
      const named = await names(valid, { key, maxStanzaBytes, keepsKeys: once !== undefined });
      context.audit?.(named.effective ?? named.jids);
      await context.demand(named, (domain) => context.dialect.isForeign(domain));
      return run(valid, named, context);
    },
  };
}
