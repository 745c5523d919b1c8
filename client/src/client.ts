/** The client: seven methods over one transport. */
import { startDeadline } from './deadline.ts';
import { errorOf, isRostbeefError } from './errors.ts';
import type { RostbeefError } from './generated/errors.ts';
import {
  type Contact,
  type ContactWithPresence,
  type GetPresenceInput,
  type GetPresenceResult,
  type GetResourcesInput,
  type GetResourcesResult,
  type GetRosterInput,
  type GetRosterResult,
  type GetRosterWithPresenceInput,
  type GetRosterWithPresenceResult,
  type LinkContactsInput,
  type LinkContactsResult,
  METHODS,
  type MethodName,
  type Methods,
  type SendStanzaInput,
  type SendStanzaResult,
  type UnlinkContactsInput,
  type UnlinkContactsResult,
} from './generated/methods.ts';
import { overHttp } from './http.ts';
import { isObject } from './is-object.ts';
import { type RetryOptions, withRetries } from './retry.ts';
import { pagesOf } from './rosters.ts';
import type { Transport } from './transport.ts';

/** How a call is made. */
export interface CallOptions {
  /** Ends the call. It then rejects with the signal's reason. A stanza may have been sent. */
  readonly signal?: AbortSignal | undefined;
  /** The time for the call with all its repeats, in milliseconds. @default 30000 */
  readonly timeoutMs?: number | undefined;
  /** How the call is repeated; `false` never repeats. @default - four tries, 100 ms to 5 s apart */
  readonly retry?: RetryOptions | false | undefined;
}

/** The methods of the API. Each rejects with an error of the closed set (`RostbeefError`). */
export interface Client {
  /**
   * Puts two users into each other's rosters.
   *
   * @throws PartialLinkError if not both rosters are known to be as asked for, after every repeat
   * @example
   * await client.linkContacts({ jid1: 'alice@example.com', nick1: 'Alice', jid2: 'dave@example.com', nick2: 'Dave' });
   */
  linkContacts(input: LinkContactsInput, options?: CallOptions): Promise<LinkContactsResult>;
  /** Removes two users from each other's rosters. Unlinking the unlinked is a success. */
  unlinkContacts(input: UnlinkContactsInput, options?: CallOptions): Promise<UnlinkContactsResult>;
  /** Reads a roster, or one page of it. `roster` reads all pages. */
  getRoster(input: GetRosterInput, options?: CallOptions): Promise<GetRosterResult>;
  /** Reads a roster, or one page of it, with each contact's presence. `rosterWithPresence` reads all pages. */
  getRosterWithPresence(input: GetRosterWithPresenceInput, options?: CallOptions): Promise<GetRosterWithPresenceResult>;
  /** Reads a user's presence. */
  getPresence(input: GetPresenceInput, options?: CallOptions): Promise<GetPresenceResult>;
  /** Lists a user's connected resources. */
  getResources(input: GetResourcesInput, options?: CallOptions): Promise<GetResourcesResult>;
  /**
   * Sends a stanza. Without `idempotencyKey` it is never sent twice.
   *
   * @throws OutcomeUnknownError if no answer came, so that the stanza may have been sent
   */
  sendStanza(input: SendStanzaInput, options?: CallOptions): Promise<SendStanzaResult>;
  /**
   * Reads every contact of a roster, page by page. `maxResults` is the size of a page, by default 1000.
   *
   * @example
   * for await (const { jid, nick } of client.roster({ user: 'alice', server: 'example.com' })) console.log(jid, nick);
   */
  roster(input: GetRosterInput, options?: CallOptions): AsyncIterableIterator<Contact>;
  /** Reads every contact of a roster with its presence, page by page. */
  rosterWithPresence(
    input: GetRosterWithPresenceInput,
    options?: CallOptions,
  ): AsyncIterableIterator<ContactWithPresence>;
  /** Calls a method by its name. */
  call<Name extends MethodName>(
    method: Name,
    input: Methods[Name]['input'],
    options?: CallOptions,
  ): Promise<Methods[Name]['result']>;
}

const TIMEOUT_MS = 30_000;

/**
 * Makes a client.
 *
 * @param transport the way to the functions: `overHttp(…)`, `overLambda(…)`, or the URL of the local gateway
 * @param defaults options of every call that names no others
 * @example
 * const client = createClient('http://127.0.0.1:3000');
 * const { show } = await client.getPresence({ user: 'bob', server: 'example.com' });
 */
export function createClient(transport: Transport | string | URL, defaults: CallOptions = {}): Client {
  const way = typeof transport === 'string' || transport instanceof URL ? overHttp(transport) : transport;
  const call: Client['call'] = (method, input, options) => callOnce(way, method, input, { ...defaults, ...options });
  return {
    call,
    linkContacts: (input, options) => call('link_contacts', input, options),
    unlinkContacts: (input, options) => call('unlink_contacts', input, options),
    getRoster: (input, options) => call('get_roster', input, options),
    getRosterWithPresence: (input, options) => call('get_roster_with_presence', input, options),
    getPresence: (input, options) => call('get_presence', input, options),
    getResources: (input, options) => call('get_resources', input, options),
    sendStanza: (input, options) => call('send_stanza', input, options),
    roster: (input, options) => pagesOf((page) => call('get_roster', page, options), input),
    rosterWithPresence: (input, options) => pagesOf((page) => call('get_roster_with_presence', page, options), input),
  };
}

/** One call with its repeats, within its time. */
async function callOnce<Name extends MethodName>(
  transport: Transport,
  method: Name,
  input: Methods[Name]['input'],
  { signal, timeoutMs = TIMEOUT_MS, retry = {} }: CallOptions,
): Promise<Methods[Name]['result']> {
  const isRepeatable = METHODS[method].idempotent || ('idempotencyKey' in input && input.idempotencyKey !== undefined);
  const deadline = startDeadline(timeoutMs, signal);
  const tries = retry === false ? { tries: 1 } : retry;
  const mayRepeat = (error: unknown) => isWorthRepeating(error, isRepeatable);
  try {
    return await withRetries(
      async () => {
        const result = await transport.call({ method, input, signal: deadline.signal });
        if (isResultOf(method, result)) return result;
        throw errorOf(
          'ApiAnswerError',
          `expected the result of ${method}, but the answer is another object: check the URL`,
        );
      },
      tries,
      { ...deadline, mayRepeat },
    );
  } catch (error) {
    if (deadline.hasPassed() && error === deadline.signal.reason) {
      const message = `The API did not answer within ${timeoutMs} ms`;
      throw finalError(errorOf('ApiTimeoutError', message), isRepeatable);
    }
    throw finalError(error, isRepeatable);
  } finally {
    deadline.end();
  }
}

function isResultOf<Name extends MethodName>(method: Name, value: unknown): value is Methods[Name]['result'] {
  return isObject(value) && METHODS[method].result.every((member) => member in value);
}

/** Every error of a lost answer may be repeated if the method may. */
function isWorthRepeating(error: unknown, isRepeatable: boolean): boolean {
  if (!isRostbeefError(error)) return false;
  if (isRepeatable && LOST.includes(error.name)) return true;
  return error.retryable && (isRepeatable || !error.leavesOutcomeOpen);
}

/** The function, or a gateway before it, ended without an answer of its own. */
const LOST: readonly string[] = ['FunctionFailedError', 'FunctionTimeoutError'];

/** The errors of the way to the functions that tell nothing of what became of a stanza. */
const LOST_STANZA: readonly string[] = [...LOST, 'ApiConnectionLostError', 'ApiTimeoutError', 'ApiAnswerError'];

/** A redirect or a refusal by whatever answers at this URL: it has done nothing. */
const isRefusal = ({ status = 0 }: RostbeefError): boolean => status >= 300 && status < 500;

function finalError(error: unknown, isRepeatable: boolean): unknown {
  if (isRepeatable || !isRostbeefError(error) || !LOST_STANZA.includes(error.name) || isRefusal(error)) return error;
  const { status, requestId, message } = error;
  const details = { status, requestId, cause: error };
  return errorOf('OutcomeUnknownError', `The stanza may have been sent, because no answer came: ${message}`, details);
}
