import { SaxesParser, type SaxesTagNS } from 'saxes';

type Namespaces = SaxesTagNS['ns'];

/**
 * A namespace-aware XML parser that looks up each prefix once for each element that declares namespaces.
 *
 * Saxes walks through every open element for every name, which makes a deep stanza of many elements slow.
 */
export class StanzaParser extends SaxesParser<{ readonly xmlns: true }> {
  #own: Namespaces = {};
  /** The namespaces of prefixes that were looked up, for each open element that declares namespaces. */
  readonly #inherited: Map<string, string | undefined>[] = [new Map()];

  constructor() {
    super({ xmlns: true });
  }

  /** Reports the beginning of a start tag, before its namespaces are read. */
  startTagBegins(ns: Namespaces): void {
    this.#own = ns;
  }

  /** Reports the end of a start tag. */
  elementBegins({ ns }: SaxesTagNS): void {
    if (declares(ns)) this.#inherited.push(new Map());
  }

  /** Reports the end of an element. */
  elementEnds({ ns }: SaxesTagNS): void {
    if (declares(ns)) this.#inherited.pop();
  }

  override resolve(prefix: string): string | undefined {
    const own = this.#own[prefix];
    if (own !== undefined) return own;
    const inherited = this.#inherited.at(-1);
    if (inherited === undefined || inherited.has(prefix)) return inherited?.get(prefix);
    const uri = super.resolve(prefix);
    inherited.set(prefix, uri);
    return uri;
  }
}

function declares(ns: Namespaces): boolean {
  for (const _ in ns) return true;
  return false;
}
