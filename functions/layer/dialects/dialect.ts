/** What a server can be asked for, whichever way it is spoken to. */
import type { Jid } from '../xmpp/jid.ts';

/** RFC 6121 section 2.1.2.5. */
export type Subscription = 'none' | 'from' | 'to' | 'both';

/** Which request to subscribe is unanswered: the owner's own (`out`), the contact's (`in`), or both. */
export type Pending = 'none' | 'in' | 'out' | 'both';

/** RFC 6121 section 4.7.2.1, and the two that a session without `show` is. */
export type Show = 'available' | 'chat' | 'away' | 'dnd' | 'xa' | 'unavailable';

/** One contact in a roster. */
export interface RosterItem {
  readonly jid: string;
  readonly nick: string;
  /** Every group but the empty one, sorted, each once. */
  readonly groups: readonly string[];
  readonly subscription: Subscription;
  readonly pending: Pending;
}

/** The presence of a user's best session: the highest non-negative priority, of equal ones the newest. */
export interface Presence {
  /** `""` when unavailable. */
  readonly resource: string;
  readonly show: Show;
  readonly status: string;
}

/** What a user without a fitting session is. */
export const UNAVAILABLE: Presence = { resource: '', show: 'unavailable', status: '' };

/** One side of a link: the contact as the owner shall see it. */
export interface Side {
  readonly owner: Jid;
  readonly contact: Jid;
  readonly nick: string;
  /** Replaces the contact's groups. `""` clears them; `undefined` leaves them as they are. */
  readonly group: string | undefined;
}

/** How far an unlink is known to be done. */
export interface Unlinked {
  /** Whether a roster was too large to be read back, so that the server's acknowledgement had to do. */
  readonly isUnverified: boolean;
}

/**
 * One server as a method sees it. Whatever fails is a `RostbeefError`, and nothing is written before every check
 * that the server allows has passed.
 */
export interface Dialect {
  /** Writes both sides with subscription `both`; leaves alone what is so already. */
  linkContacts(side1: Side, side2: Side): Promise<void>;
  /** Removes both users from each other's roster, as far as they are there. One of the two may be on no vhost of the server. */
  unlinkContacts(jid1: Jid, jid2: Jid): Promise<Unlinked>;
  /** Whether a domain is known to be no vhost of the server. */
  isForeign(domain: string): Promise<boolean>;
  /** The roster, sorted by JID. */
  getRoster(owner: Jid): Promise<readonly RosterItem[]>;
  /**
   * A part of the roster, with each contact's presence.
   *
   * @param select chooses the part of the whole roster, sorted by JID; nothing else needs to be asked for
   * @param isVisible whether a contact's presence may be told; of any other, the server is not asked, and it is unavailable
   */
  getRosterWithPresence<Part extends { readonly items: readonly RosterItem[] }>(
    owner: Jid,
    select: (roster: readonly RosterItem[]) => Part,
    isVisible: (item: RosterItem) => boolean,
  ): Promise<{ readonly part: Part; readonly presences: readonly Presence[] }>;
  /** The presence of a user, and the user as the server spells it. */
  getPresence(user: Jid): Promise<Presence & { readonly user: Jid }>;
  /**
   * Every connected resource of a user, in no order; none for a user that does not exist.
   *
   * @param signal a deadline that is earlier than the invocation's
   */
  connectedResources(user: Jid, signal?: AbortSignal): Promise<readonly string[]>;
  /** Every connected resource, sorted. */
  getResources(user: Jid): Promise<readonly string[]>;
  /**
   * Hands a stanza over once. `from` and `to` win over the stanza's own attributes.
   *
   * @param signal a nearer deadline than the invocation's
   */
  sendStanza(from: Jid, to: Jid, stanza: string, signal?: AbortSignal): Promise<void>;
}
