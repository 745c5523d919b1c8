/** Defines the operations of a server, which both dialects implement. */
import type { Deadline } from '../shared/deadline.ts';
import type { Jid } from '../xmpp/jid.ts';

/** The subscription of a roster item (RFC 6121 section 2.1.2.5). */
export type Subscription = 'none' | 'from' | 'to' | 'both';

/** The unanswered subscription requests: the owner's (`out`), the contact's (`in`), or both. */
export type Pending = 'none' | 'in' | 'out' | 'both';

/** The values of `show` in RFC 6121 section 4.7.2.1, and the two for a session without `show`. */
export type Show = 'available' | 'chat' | 'away' | 'dnd' | 'xa' | 'unavailable';

/** One contact in a roster. */
export interface RosterItem {
  readonly jid: string;
  readonly nick: string;
  /** The groups without the empty one, sorted, without duplicates. */
  readonly groups: readonly string[];
  readonly subscription: Subscription;
  readonly pending: Pending;
}

/** The presence of a user's best session: the highest non-negative priority. Ties go to the session that connected last. */
export interface Presence {
  /** `""` when unavailable. */
  readonly resource: string;
  readonly show: Show;
  readonly status: string;
}

/** The presence of a user without such a session. */
export const UNAVAILABLE: Presence = { resource: '', show: 'unavailable', status: '' };

/** One side of a link: the contact as the owner sees it. */
export interface Side {
  readonly owner: Jid;
  readonly contact: Jid;
  readonly nick: string;
  /** Replaces the contact's groups. `""` clears them; `undefined` leaves them as they are. */
  readonly group: string | undefined;
}

/** The result of an unlink. */
export interface Unlinked {
  /** Whether a roster was too large to be read back, so that the server's acknowledgement is trusted. */
  readonly isUnverified: boolean;
}

/**
 * The operations of one server. Every failure is a `RostbeefError`. Nothing is written before all possible checks.
 */
export interface Dialect {
  /** Writes both sides with subscription `both`. If both are right already, it writes nothing. */
  linkContacts(side1: Side, side2: Side): Promise<void>;
  /** Removes each user from the other's roster. One of the two may be on no vhost of the server. */
  unlinkContacts(jid1: Jid, jid2: Jid): Promise<Unlinked>;
  /** Tells whether a domain is known to be no vhost of the server. */
  isForeign(domain: string): Promise<boolean>;
  /** Reads the roster, sorted by JID. */
  getRoster(owner: Jid): Promise<readonly RosterItem[]>;
  /**
   * Reads a part of the roster with each contact's presence.
   *
   * @param select chooses the part from the whole roster, sorted by JID
   * @param isVisible tells whether a contact's presence may be read. All others count as unavailable
   */
  getRosterWithPresence<Part extends { readonly items: readonly RosterItem[] }>(
    owner: Jid,
    select: (roster: readonly RosterItem[]) => Part,
    isVisible: (item: RosterItem) => boolean,
  ): Promise<{ readonly part: Part; readonly presences: readonly Presence[] }>;
  /** Reads the presence of a user, and returns the user as the server spells it. */
  getPresence(user: Jid): Promise<Presence & { readonly user: Jid }>;
  /**
   * Lists every connected resource of a user, in no order. The list of a user that does not exist is empty.
   *
   * @param deadline a deadline that is earlier than the invocation's
   */
  connectedResources(user: Jid, deadline?: Deadline): Promise<readonly string[]>;
  /** Lists every connected resource, sorted. */
  getResources(user: Jid): Promise<readonly string[]>;
  /**
   * Sends a stanza once. `from` and `to` override the stanza's own attributes.
   *
   * @param deadline a deadline that is earlier than the invocation's
   */
  sendStanza(from: Jid, to: Jid, stanza: string, deadline?: Deadline): Promise<void>;
}
