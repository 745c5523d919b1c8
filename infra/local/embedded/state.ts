/** The state of a server: accounts, rosters and sessions. Stanzas are routed between the sessions. */
import xml, { type Element } from '@xmpp/xml';
import { bareJid, splitJid, type User } from './jid.ts';
import { type Item, Rosters, without } from './roster.ts';
import { addressed, rosterRemovalIn } from './stanza.ts';

/** A connected resource. */
export interface Session extends User {
  readonly resource: string;
  readonly connectedAt: number;
  readonly deliver: (stanza: Element) => void;
  /** The last presence of an available session. */
  presence: Element | undefined;
}

/** The state of one server. */
export class ServerState {
  readonly hosts: readonly string[];
  readonly passwords = new Map<string, string>();
  readonly rosters = new Rosters();
  readonly sessions = new Set<Session>();
  readonly #offline = new Map<string, Element[]>();

  constructor(hosts: readonly string[]) {
    this.hosts = hosts;
  }

  exists(user: User): boolean {
    return this.passwords.has(bareJid(user));
  }

  sessionsOf(user: User): readonly Session[] {
    return [...this.sessions].filter(({ local, host }) => local === user.local && host === user.host);
  }

  /** Broadcasts a session’s presence, which is available, or `unavailable` by its type. */
  setPresence(session: Session, presence: Element): void {
    const wasAvailable = session.presence !== undefined;
    const isAvailable = presence.attrs['type'] !== 'unavailable';
    session.presence = isAvailable ? presence : undefined;
    const own = bareJid(session);
    const sent = addressed(presence, fullJid(session), fullJid(session));
    for (const other of this.#available(own)) other.deliver(sent);
    for (const { jid, subscription } of this.rosters.all(own)) {
      if (['from', 'both'].includes(subscription)) this.#showTo(jid, session, presence);
      if (!wasAvailable && ['to', 'both'].includes(subscription)) this.#showPresenceOf(jid, session);
    }
    if (!wasAvailable && isAvailable) this.#welcome(session);
  }

  disconnect(session: Session): void {
    if (session.presence !== undefined) this.setPresence(session, xml('presence', { type: 'unavailable' }));
    this.sessions.delete(session);
  }

  /** Routes a stanza as if its sender had sent it. */
  route(from: string, to: string, stanza: Element): void {
    const target = splitJid(to);
    if (target === undefined) return;
    const { type } = stanza.attrs;
    if (
      stanza.name === 'presence' &&
      ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed'].includes(String(type))
    ) {
      this.#subscription(String(type), splitBare(from), bareJid(target));
      return;
    }
    const removed = rosterRemovalIn(stanza);
    if (removed !== undefined && target.resource === '' && splitBare(from) === bareJid(target)) {
      this.removeItem(target, removed);
      return;
    }
    const sessions = this.sessionsOf(target);
    const exact = sessions.find(({ resource }) => target.resource !== '' && resource === target.resource);
    if (exact !== undefined) exact.deliver(addressed(stanza, from, to));
    else if (stanza.name === 'message') this.#routeMessage(from, bareJid(target), stanza, target);
    else if (stanza.name === 'presence' && target.resource === '') {
      for (const session of this.#available(bareJid(target)))
        session.deliver(addressed(stanza, from, fullJid(session)));
    } else if (stanza.name === 'iq') this.#bounce(from, to, stanza);
  }

  /** `add_rosteritem`: keeps a pending request, and notifies the owner’s clients and the contact. */
  addItem(owner: User, contact: string, change: Pick<Item, 'nick' | 'groups' | 'subscription'>): void {
    const item = this.rosters.ensure(bareJid(owner), contact);
    const wasFrom = ['from', 'both'].includes(item.subscription);
    Object.assign(item, change);
    this.#push(owner, item);
    if (wasFrom || !['from', 'both'].includes(item.subscription)) return;
    for (const session of this.sessionsOf(owner)) {
      if (session.presence !== undefined) this.#showTo(contact, session, session.presence);
    }
  }

  /** `delete_rosteritem`: revokes both subscriptions, and notifies both users. It pushes even if there was no entry. */
  removeItem(owner: User, contact: string): void {
    const own = bareJid(owner);
    const subscription = this.rosters.find(own, contact)?.subscription ?? 'none';
    this.rosters.remove(own, contact);
    this.#push(owner, { jid: contact, nick: '', groups: [], subscription: 'remove', ask: 'none' });
    if (['to', 'both'].includes(subscription)) this.#subscription('unsubscribe', own, contact);
    if (!['from', 'both'].includes(subscription)) return;
    for (const session of this.sessionsOf(owner)) {
      this.#showTo(contact, session, xml('presence', { type: 'unavailable' }));
    }
    this.#subscription('unsubscribed', own, contact);
  }

  unregister(user: User): void {
    const jid = bareJid(user);
    this.passwords.delete(jid);
    this.rosters.removeAll(jid);
    this.#offline.delete(jid);
    for (const session of this.sessionsOf(user)) this.sessions.delete(session);
  }

  #available(jid: string): readonly Session[] {
    return [...this.sessions].filter((session) => bareJid(session) === jid && session.presence !== undefined);
  }

  #showTo(contact: string, session: Session, presence: Element): void {
    for (const viewer of this.#available(contact)) viewer.deliver(addressed(presence, fullJid(session), contact));
  }

  #showPresenceOf(contact: string, viewer: Session): void {
    for (const session of this.#available(contact)) {
      if (session.presence !== undefined)
        viewer.deliver(addressed(session.presence, fullJid(session), fullJid(viewer)));
    }
  }

  /** Delivers pending requests and offline messages after a login. */
  #welcome(session: Session): void {
    const own = bareJid(session);
    for (const { jid, ask } of this.rosters.all(own)) {
      if (ask === 'in' || ask === 'both') session.deliver(xml('presence', { type: 'subscribe', from: jid, to: own }));
    }
    if (priorityOf(session) < 0) return;
    for (const message of this.#offline.get(own) ?? []) session.deliver(message);
    this.#offline.delete(own);
  }

  #routeMessage(from: string, to: string, message: Element, target: User): void {
    const receivers = this.#available(to).filter((session) => priorityOf(session) >= 0);
    const highest = Math.max(...receivers.map(priorityOf));
    const isHeadline = message.attrs['type'] === 'headline';
    const chosen = isHeadline ? receivers : receivers.filter((session) => priorityOf(session) === highest);
    const sent = addressed(message, from, to);
    for (const session of chosen) session.deliver(sent);
    if (chosen.length > 0 || isHeadline) return;
    if (!this.exists(target)) this.#bounce(from, to, message);
    else {
      sent.append(xml('delay', { xmlns: 'urn:xmpp:delay', from: target.host, stamp: new Date().toISOString() }));
      this.#offline.set(to, [...(this.#offline.get(to) ?? []), sent]);
    }
  }

  #bounce(from: string, to: string, stanza: Element): void {
    if (['error', 'result'].includes(String(stanza.attrs['type']))) return;
    const condition = xml('service-unavailable', { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' });
    const error = xml('error', { type: 'cancel', code: '503' }, condition);
    const sender = [...this.sessions].find((session) => fullJid(session) === from);
    sender?.deliver(xml(stanza.name, { type: 'error', id: stanza.attrs['id'], from: to, to: from }, error));
  }

  #subscription(type: string, from: string, to: string): void {
    const [sender, receiver] = [splitJid(from), splitJid(to)];
    if (sender === undefined || receiver === undefined) return;
    if (type === 'subscribe') {
      this.#ask(sender, from, to, 'out');
      if (this.exists(receiver)) this.#ask(receiver, to, from, 'in');
    } else {
      const isRevoked =
        type === 'unsubscribe'
          ? this.#revoke(receiver, to, from, 'from', 'in')
          : this.#revoke(receiver, to, from, 'to', 'out');
      if (!isRevoked) return;
    }
    if (!this.exists(receiver)) return;
    for (const session of this.#available(to)) session.deliver(xml('presence', { type, from, to }));
  }

  #ask(user: User, own: string, contact: string, direction: 'in' | 'out'): void {
    if (!this.exists(user)) return;
    const item = this.rosters.ensure(own, contact);
    item.ask = item.ask === 'none' || item.ask === direction ? direction : 'both';
    if (direction === 'out') this.#push(user, item);
  }

  /**
   * Revokes a subscription or a request.
   *
   * @returns whether to notify the clients: not if nothing changed, or if the entry was hidden
   */
  #revoke(user: User, own: string, contact: string, direction: 'from' | 'to', ask: 'in' | 'out'): boolean {
    const item = this.rosters.find(own, contact);
    if (item === undefined) return false;
    const isGiven = [direction, 'both'].includes(item.subscription);
    const isAsked = [ask, 'both'].includes(item.ask);
    if (!isGiven && !isAsked) return false;
    if (item.subscription === 'none' && item.ask === 'in') {
      this.rosters.remove(own, contact);
      this.#subscription('unsubscribed', own, contact);
      return false;
    }
    item.subscription = without(item.subscription, direction);
    if (item.ask === ask) item.ask = 'none';
    else if (item.ask === 'both') item.ask = ask === 'in' ? 'out' : 'in';
    this.#push(user, item);
    if (ask === 'in') this.#subscription('unsubscribed', own, contact);
    return true;
  }

  /** Pushes to every connected resource, even if it has not requested the roster, as ejabberd does. */
  #push(owner: User, { jid, nick, groups, subscription, ask }: Item): void {
    const asking = ask === 'out' || ask === 'both' ? { ask: 'subscribe' } : {};
    const item = xml('item', { jid, subscription, ...(nick && { name: nick }), ...asking });
    for (const group of groups) item.append(xml('group', {}, group));
    for (const session of this.sessionsOf(owner)) {
      const id = `push${Math.random().toString(36).slice(2)}`;
      const query = xml('query', { xmlns: 'jabber:iq:roster' }, item);
      session.deliver(xml('iq', { type: 'set', id, from: bareJid(owner), to: fullJid(session) }, query));
    }
  }
}

/** Returns the session’s full JID. */
export function fullJid(session: Session): string {
  return `${bareJid(session)}/${session.resource}`;
}

/** Returns the session’s priority. ejabberd reports -1 for a session that is not available. */
export function priorityOf({ presence }: Session): number {
  return presence === undefined ? -1 : Number(presence.getChildText('priority') ?? 0);
}

function splitBare(jid: string): string {
  const parts = splitJid(jid);
  return parts === undefined ? jid : bareJid(parts);
}
