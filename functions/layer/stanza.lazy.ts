/** What must hold of a stanza before it is sent, and what it says about its sender and receiver. */
import { SaxesParser, type SaxesTagNS } from 'saxes';

/** The attributes of a stanza's root that decide its way; the text itself is sent as it was given. */
export interface StanzaAddresses {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** The outcome of reading a stanza: its addresses, or in words every problem found. */
export type StanzaResult = { readonly addresses: StanzaAddresses } | { readonly problems: readonly string[] };

/** RFC 6120 section 4.7.3: the namespace of a client's stanzas; having none means the same to ejabberd. */
const STANZA_NAMESPACES: readonly string[] = ['', 'jabber:client'];

const STANZA_NAMES: readonly string[] = ['message', 'presence', 'iq'];

/** The XMPP core allows no more depth than a server's parser does; ours only has to stay bounded. */
const MAX_DEPTH = 256;

/**
 * Reads one stanza: one well-formed `message`, `presence` or `iq` element, namespaces included, without what
 * RFC 6120 section 11.1 forbids: comments, processing instructions, a DTD, other entities than the predefined.
 *
 * @param text for example `<message to="bob@example.com"><body>Hello</body></message>`
 * @returns the addresses on its root, entities decoded; or the problems, which hold nothing of the text
 * @example
 * readStanza('<message><body>Hello</body></message>') // { addresses: { from: undefined, to: undefined } }
 */
export function readStanza(text: string): StanzaResult {
  const problems = new Set<string>();
  let root: SaxesTagNS | undefined;
  let depth = 0;
  const parser = new SaxesParser({ xmlns: true });
  const forbid = (what: string) => () => problems.add(`must not hold ${what} (RFC 6120 section 11.1)`);
  parser.on('xmldecl', () => problems.add('must be the element alone: leave out the XML declaration'));
  parser.on('doctype', forbid('a DTD'));
  parser.on('comment', forbid('a comment'));
  parser.on('processinginstruction', forbid('a processing instruction'));
  parser.on('opentag', (tag) => {
    root ??= tag;
    depth += 1;
    if (depth > MAX_DEPTH) throw new Unreadable(`must not nest more than ${MAX_DEPTH} elements`);
  });
  parser.on('closetag', () => {
    depth -= 1;
  });
  parser.on('error', () => {
    throw new Unreadable('must be one well-formed XML element');
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    problems.add(error.message);
  }
  for (const problem of root === undefined ? [] : rootProblems(root)) problems.add(problem);
  if (root === undefined || problems.size > 0) return { problems: [...problems] };
  return { addresses: { from: attribute(root, 'from'), to: attribute(root, 'to') } };
}

function rootProblems(root: SaxesTagNS): string[] {
  if (!STANZA_NAMES.includes(root.name) || !STANZA_NAMESPACES.includes(root.uri)) {
    return ['must be a message, presence or iq element, in the namespace jabber:client or none'];
  }
  // RFC 6120 section 8.1.3
  return root.name === 'iq' && !attribute(root, 'id') ? ['must have an id, being an iq'] : [];
}

function attribute(tag: SaxesTagNS, name: string): string | undefined {
  return tag.attributes[name]?.value;
}

/** Ends the parse: saxes would go on, and take its time for each further error. */
class Unreadable extends Error {}
