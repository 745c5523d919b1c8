// Made by `npm run generate` from the catalogue of methods and errors. Do not edit.

/** One contact of a roster. */
export interface Contact {
  /** The contact’s bare JID, as the server spells it. */
  readonly jid: string;
  /** The name that the user gave the contact, or `""`. */
  readonly nick: string;
  /** The first of `groups`, or `""`. */
  readonly group: string;
  /** Every group of the contact, sorted. */
  readonly groups: readonly string[];
  /** The presence subscription (RFC 6121): with `to` the user sees the contact’s presence, with `from` the contact sees the user’s. */
  readonly subscription: 'none' | 'from' | 'to' | 'both';
  /** The unanswered subscription requests: the contact’s (`in`), the user’s (`out`), or both. */
  readonly pending: 'none' | 'in' | 'out' | 'both';
}

/** One contact of a roster, with its presence. */
export interface ContactWithPresence {
  /** The contact’s bare JID, as the server spells it. */
  readonly jid: string;
  /** The name that the user gave the contact, or `""`. */
  readonly nick: string;
  /** The first of `groups`, or `""`. */
  readonly group: string;
  /** Every group of the contact, sorted. */
  readonly groups: readonly string[];
  /** The presence subscription (RFC 6121): with `to` the user sees the contact’s presence, with `from` the contact sees the user’s. */
  readonly subscription: 'none' | 'from' | 'to' | 'both';
  /** The unanswered subscription requests: the contact’s (`in`), the user’s (`out`), or both. */
  readonly pending: 'none' | 'in' | 'out' | 'both';
  /** The resource of that session, or `""`. */
  readonly resource: string;
  /** The availability of the session with the highest non-negative priority. Ties go to the most recently connected session. */
  readonly show: 'available' | 'chat' | 'away' | 'dnd' | 'xa' | 'unavailable';
  /** The status text of that session, or `""`. */
  readonly status: string;
}

/** One thing that is wrong with the input. */
export interface Issue {
  /** The member, or `""` for the input as a whole. */
  readonly path: string;
  /** The problem, and how to correct it. */
  readonly message: string;
}

/** The state of both rosters after a link or unlink. */
export interface Sides {
  /** The state of the roster of `jid1`. */
  readonly jid1: 'written' | 'not' | 'unknown';
  /** The state of the roster of `jid2`. */
  readonly jid2: 'written' | 'not' | 'unknown';
}

/** The input of `link_contacts`. */
export interface LinkContactsInput {
  /** The bare JID of the first user, such as `alice@example.com`. */
  readonly jid1: string;
  /** The name of `jid1` in the roster of `jid2`. It has at most 1,023 bytes of UTF-8. */
  readonly nick1: string;
  /** The bare JID of the second user. */
  readonly jid2: string;
  /** The name of `jid2` in the roster of `jid1`. It has at most 1,023 bytes of UTF-8. */
  readonly nick2: string;
  /** The group of `jid1` in the roster of `jid2`. It replaces all groups there, and `""` removes them. It has at most 1,023 bytes of UTF-8. */
  readonly group1?: string | undefined;
  /** The group of `jid2` in the roster of `jid1`. It replaces all groups there, and `""` removes them. It has at most 1,023 bytes of UTF-8. */
  readonly group2?: string | undefined;
}

/** The result of `link_contacts`. */
export interface LinkContactsResult {
  /** Always 0: failures are errors. */
  readonly code: 0;
}

/** The input of `unlink_contacts`. */
export interface UnlinkContactsInput {
  /** The bare JID of the first user, such as `alice@example.com`. */
  readonly jid1: string;
  /** The bare JID of the second user. Either may be any JID on another server. */
  readonly jid2: string;
}

/** The result of `unlink_contacts`. */
export interface UnlinkContactsResult {
  /** Always 0: failures are errors. */
  readonly code: 0;
}

/** The input of `get_roster`. */
export interface GetRosterInput {
  /** The local part of the user’s JID, such as `alice`. */
  readonly user: string;
  /** The vhost of the user’s JID, such as `example.com`. */
  readonly server: string;
  /** The most contacts in one page. Without it, all are returned. */
  readonly maxResults?: number | undefined;
  /** The `nextToken` of the previous page. */
  readonly nextToken?: string | undefined;
}

/** The result of `get_roster`. */
export interface GetRosterResult {
  /** The contacts, sorted by `jid`. */
  readonly contacts: readonly Contact[];
  /** Requests the next page. It is absent on the last page. */
  readonly nextToken?: string | undefined;
}

/** The input of `get_roster_with_presence`. */
export interface GetRosterWithPresenceInput {
  /** The local part of the user’s JID, such as `alice`. */
  readonly user: string;
  /** The vhost of the user’s JID, such as `example.com`. */
  readonly server: string;
  /** The most contacts in one page. Without it, all are returned. */
  readonly maxResults?: number | undefined;
  /** The `nextToken` of the previous page. */
  readonly nextToken?: string | undefined;
}

/** The result of `get_roster_with_presence`. */
export interface GetRosterWithPresenceResult {
  /** The contacts, sorted by `jid`. */
  readonly contacts: readonly ContactWithPresence[];
  /** Requests the next page. It is absent on the last page. */
  readonly nextToken?: string | undefined;
}

/** The input of `get_presence`. */
export interface GetPresenceInput {
  /** The local part of the user’s JID, such as `alice`. */
  readonly user: string;
  /** The vhost of the user’s JID, such as `example.com`. */
  readonly server: string;
}

/** The result of `get_presence`. */
export interface GetPresenceResult {
  /** The full JID of that session, or the bare JID. */
  readonly jid: string;
  /** The availability of the session with the highest non-negative priority. Ties go to the most recently connected session. */
  readonly show: 'available' | 'chat' | 'away' | 'dnd' | 'xa' | 'unavailable';
  /** The status text of that session, or `""`. */
  readonly status: string;
}

/** The input of `get_resources`. */
export interface GetResourcesInput {
  /** The local part of the user’s JID, such as `alice`. */
  readonly user: string;
  /** The vhost of the user’s JID, such as `example.com`. */
  readonly server: string;
}

/** The result of `get_resources`. */
export interface GetResourcesResult {
  /** The resources, sorted. */
  readonly resources: readonly string[];
}

/** The input of `send_stanza`. */
export interface SendStanzaInput {
  /** The sender’s JID. A `from` attribute of the stanza overrides it. */
  readonly from: string;
  /** The receiver’s bare or full JID. A `to` attribute of the stanza overrides it. */
  readonly to: string;
  /** One well-formed `message`, `presence` or `iq` element; an `iq` needs an `id`. */
  readonly stanza: string;
  /** Identifies this call if it is repeated. It needs a configured idempotency table. */
  readonly idempotencyKey?: string | undefined;
}

/** The result of `send_stanza`. */
export interface SendStanzaResult {
  /** Always 0: failures are errors. */
  readonly code: 0;
}

/** Input and result of every method by its name. */
export interface Methods {
  readonly link_contacts: { readonly input: LinkContactsInput; readonly result: LinkContactsResult };
  readonly unlink_contacts: { readonly input: UnlinkContactsInput; readonly result: UnlinkContactsResult };
  readonly get_roster: { readonly input: GetRosterInput; readonly result: GetRosterResult };
  readonly get_roster_with_presence: { readonly input: GetRosterWithPresenceInput; readonly result: GetRosterWithPresenceResult };
  readonly get_presence: { readonly input: GetPresenceInput; readonly result: GetPresenceResult };
  readonly get_resources: { readonly input: GetResourcesInput; readonly result: GetResourcesResult };
  readonly send_stanza: { readonly input: SendStanzaInput; readonly result: SendStanzaResult };
}

/** The name of a method. */
export type MethodName = keyof Methods;

/** The facts about a method that the client needs. */
export interface MethodFacts {
  /** Whether calling it twice does what calling it once does. */
  readonly idempotent: boolean;
  /** The members that an input may have. */
  readonly input: readonly string[];
  /** The members that every input has. */
  readonly required: readonly string[];
  /** The members that every result has. */
  readonly result: readonly string[];
}

/** The facts of every method. */
export const METHODS: Readonly<Record<MethodName, MethodFacts>> = {
  link_contacts: {
    idempotent: true,
    input: ['jid1', 'nick1', 'jid2', 'nick2', 'group1', 'group2'],
    required: ['jid1', 'nick1', 'jid2', 'nick2'],
    result: ['code'],
  },
  unlink_contacts: {
    idempotent: true,
    input: ['jid1', 'jid2'],
    required: ['jid1', 'jid2'],
    result: ['code'],
  },
  get_roster: {
    idempotent: true,
    input: ['user', 'server', 'maxResults', 'nextToken'],
    required: ['user', 'server'],
    result: ['contacts'],
  },
  get_roster_with_presence: {
    idempotent: true,
    input: ['user', 'server', 'maxResults', 'nextToken'],
    required: ['user', 'server'],
    result: ['contacts'],
  },
  get_presence: {
    idempotent: true,
    input: ['user', 'server'],
    required: ['user', 'server'],
    result: ['jid', 'show', 'status'],
  },
  get_resources: {
    idempotent: true,
    input: ['user', 'server'],
    required: ['user', 'server'],
    result: ['resources'],
  },
  send_stanza: {
    idempotent: false,
    input: ['from', 'to', 'stanza', 'idempotencyKey'],
    required: ['from', 'to', 'stanza'],
    result: ['code'],
  },
};

/** Every name, in the order of the documentation. */
export const METHOD_NAMES: readonly MethodName[] = [
  'link_contacts',
  'unlink_contacts',
  'get_roster',
  'get_roster_with_presence',
  'get_presence',
  'get_resources',
  'send_stanza',
];

