/** The client: seven methods over one transport. */
import { type CallOptions, callOnce } from './call.ts';
import type {
  Contact,
  ContactWithPresence,
  GetPresenceInput,
  GetPresenceResult,
  GetResourcesInput,
  GetResourcesResult,
  GetRosterInput,
  GetRosterResult,
  GetRosterWithPresenceInput,
  GetRosterWithPresenceResult,
  LinkContactsInput,
  LinkContactsResult,
  MethodName,
  Methods,
  SendStanzaInput,
  SendStanzaResult,
  UnlinkContactsInput,
  UnlinkContactsResult,
} from './generated/methods.ts';
import { overHttp } from './http.ts';
import { pagesOf } from './rosters.ts';
import type { Transport } from './transport.ts';

/** The methods of the API. Each rejects with an error of the closed set (`RostbeefError`). */
export interface Client {
  /**
   * Puts two users into each other's rosters.
   *
   * @throws PartialLinkError if one roster was not written, or could not be verified, after all repeats
   * @example
   * await client.linkContacts({ jid1: 'alice@example.com', nick1: 'Alice', jid2: 'dave@example.com', nick2: 'Dave' });
   */
  linkContacts(input: LinkContactsInput, options?: CallOptions): Promise<LinkContactsResult>;
  /** Removes two users from each other's rosters. It succeeds if they are not linked. */
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
  /**
   * Calls a method by its name.
   *
   * @example
   * await client.call('get_presence', { user: 'bob', server: 'example.com' });
   */
  call<Name extends MethodName>(
    method: Name,
    input: Methods[Name]['input'],
    options?: CallOptions,
  ): Promise<Methods[Name]['result']>;
}

/**
 * Makes a client.
 *
 * @param transport the way to the functions: `overHttp(…)`, `overLambda(…)`, or the URL of the local gateway
 * @param defaults options of every call that does not set them
 * @throws TypeError if a URL is not one of HTTP
 * @example
 * const client = createClient('http://127.0.0.1:3000');
 * const { show } = await client.getPresence({ user: 'bob', server: 'example.com' });
 */
export function createClient(transport: Transport | string | URL, defaults: CallOptions = {}): Client {
  const way = typeof transport === 'string' || transport instanceof URL ? overHttp(transport) : transport;
  const call: Client['call'] = (method, input, options = {}) =>
    callOnce(way, method, input, {
      signal: options.signal ?? defaults.signal,
      timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
      retry: options.retry ?? defaults.retry,
    });
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
