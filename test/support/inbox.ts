import type { Element } from '@xmpp/xml';

/** The stanzas that a client got, and a way to wait for one. */
export class Inbox {
  readonly received: Element[] = [];
  readonly #waiting = new Set<(stanza: Element) => void>();

  add(stanza: Element): void {
    this.received.push(stanza);
    for (const offer of this.#waiting) offer(stanza);
  }

  /** The first stanza, got already or yet to come, for which `matches` holds. */
  waitFor(matches: (stanza: Element) => boolean, timeoutMs = 5_000): Promise<Element> {
    const found = this.received.find(matches);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(offer);
        act();
      };
      const offer = (stanza: Element) => {
        if (matches(stanza)) settle(() => resolve(stanza));
      };
      const late = () => reject(new Error(`no such stanza among ${this.received.length}: ${this.received.join('\n')}`));
      const timer = setTimeout(() => settle(late), timeoutMs);
      this.#waiting.add(offer);
    });
  }
}
