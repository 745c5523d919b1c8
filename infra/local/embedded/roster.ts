/** Rosters and their subscriptions by RFC 6121, with ejabberd’s deviations. */

/** An entry. An incoming request has subscription `none` and ask `in`, and is hidden from clients. */
export interface Item {
  readonly jid: string;
  nick: string;
  groups: readonly string[];
  subscription: string;
  ask: 'none' | 'in' | 'out' | 'both';
}

/** All rosters, by the owner’s bare JID. The owner need not have an account. */
export class Rosters {
  readonly #rosters = new Map<string, Map<string, Item>>();

  /** Returns the entries that `get_roster` shows. */
  shown(owner: string): readonly Item[] {
    return this.all(owner).filter(({ subscription, ask }) => subscription !== 'none' || ask !== 'in');
  }

  all(owner: string): readonly Item[] {
    return [...(this.#rosters.get(owner)?.values() ?? [])];
  }

  find(owner: string, contact: string): Item | undefined {
    return this.#rosters.get(owner)?.get(contact);
  }

  /** Returns the entry, and creates a missing one. */
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

/** Removes a direction from a subscription. */
export function without(subscription: string, direction: 'from' | 'to'): string {
  if (subscription === 'both') return direction === 'from' ? 'to' : 'from';
  return subscription === direction ? 'none' : subscription;
}
