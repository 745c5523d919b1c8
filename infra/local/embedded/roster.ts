/** Rosters and the subscriptions in them, by RFC 6121 as far as ejabberd keeps to it. */

/** One entry. A contact that only asked is one with subscription `none` and ask `in`, which nothing shows. */
export interface Item {
  readonly jid: string;
  nick: string;
  groups: readonly string[];
  subscription: string;
  ask: 'none' | 'in' | 'out' | 'both';
}

/** All rosters, by the owner's bare JID. They need no account. */
export class Rosters {
  readonly #rosters = new Map<string, Map<string, Item>>();

  /** What `get_roster` shows. */
  shown(owner: string): readonly Item[] {
    return this.all(owner).filter(({ subscription, ask }) => subscription !== 'none' || ask !== 'in');
  }

  all(owner: string): readonly Item[] {
    return [...(this.#rosters.get(owner)?.values() ?? [])];
  }

  find(owner: string, contact: string): Item | undefined {
    return this.#rosters.get(owner)?.get(contact);
  }

  /** The entry, made if it is not there. */
  ensure(owner: string, contact: string): Item {
    const items = this.#rosters.get(owner) ?? new Map<string, Item>();
    this.#rosters.set(owner, items);
    const item = items.get(contact) ?? { jid: contact, nick: '', groups: [], subscription: 'none', ask: 'none' };
    items.set(contact, item);
    return item;
  }

  remove(owner: string, contact: string): void {
    this.#rosters.get(owner)?.delete(contact);
  }

  removeAll(owner: string): void {
    this.#rosters.delete(owner);
  }
}

/** The subscription without one of its directions. */
export function without(subscription: string, direction: 'from' | 'to'): string {
  if (subscription === 'both') return direction === 'from' ? 'to' : 'from';
  return subscription === direction ? 'none' : subscription;
}
