/** Reads a stanza: checks that it is well-formed and complete, and returns the parts that decide where it goes. */
import type { SaxesTagNS } from 'saxes';
import { StanzaParser } from './stanza-parser.ts';

/** The attributes of a stanza that decide where it goes. The text itself is sent unchanged. */
export interface Stanza {
  readonly name: 'message' | 'presence' | 'iq';
  readonly type: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Whether a child is the element `addresses` of XEP-0033, which names other receivers. */
  readonly hasAddresses: boolean;
}

/** The outcome of reading a stanza: the stanza, or a description of every problem. */
type StanzaResult = { readonly stanza: Stanza } | { readonly problems: readonly string[] };

/** The namespace of a client's stanzas (RFC 6120 section 4.8.3). For ejabberd, no namespace means the same. */
const STANZA_NAMESPACES: readonly string[] = ['', 'jabber:client'];

const STANZA_NAMES = ['message', 'presence', 'iq'] as const;

/** @see https://xmpp.org/extensions/xep-0033.html */
const ADDRESSES_NAMESPACE = 'http://jabber.org/protocol/address';

const NO_ELEMENT =
  'must be one well-formed XML element: text outside of the element, at line 1, column 1; ' +
  'write it as <message><body>…</body></message>';

const MAX_LEVELS = 32;
const MAX_ATTRIBUTES = 64;
const MAX_NAME_BYTES = 256;

/**
 * Parses one stanza: one well-formed `message`, `presence` or `iq` element, with correct namespaces.
 *
 * RFC 6120 section 11.1 forbids comments, processing instructions, a DTD, and entities other than the predefined ones.
 *
 * @param text the stanza, such as `<message to="bob@example.com"><body>Hello</body></message>`
 * @returns the attributes with decoded entities, or every problem with line and column. It quotes nothing of the text
 * @example
 * readStanza('<message to="bob@example.com"/>') // { stanza: { name: 'message', to: 'bob@example.com', … } }
 */
export function readStanza(text: string): StanzaResult {
  if (text.trim() !== '' && !text.includes('<')) {
    return { problems: [NO_ELEMENT, ampersandProblem(text)].filter((problem) => problem !== undefined) };
  }
  const problems = new Set<string>();
  let root: SaxesTagNS | undefined;
  let hasAddresses = false;
  let level = 0;
  let attributes = 0;
  const parser = new StanzaParser();
  const give = (problem: string, fix?: string): never => {
    const place = `line ${parser.line}, column ${Math.max(1, parser.column)}`;
    throw new Unreadable(`${problem}, at ${place}${fix === undefined ? '' : `; ${fix}`}`);
  };
  const checkName = (name: string, kind: string) => {
    // A UTF-16 unit has at most three bytes of UTF-8.
    if (name.length * 3 > MAX_NAME_BYTES && Buffer.byteLength(name) > MAX_NAME_BYTES) {
      give(`must not have the name of an ${kind} longer than ${MAX_NAME_BYTES} bytes`);
    }
  };
  const forbid = (what: string) => () => problems.add(`must not hold ${what} (RFC 6120 section 11.1)`);
  parser.on('xmldecl', () => problems.add('must be the element only: leave out the XML declaration'));
  parser.on('doctype', forbid('a DTD'));
  parser.on('comment', forbid('a comment'));
  parser.on('processinginstruction', forbid('a processing instruction'));
  parser.on('opentagstart', ({ name, ns }) => {
    parser.startTagBegins(ns);
    level += 1;
    attributes = 0;
    if (level > MAX_LEVELS) give(`must not nest more than ${MAX_LEVELS} elements`);
    checkName(name, 'element');
  });
  parser.on('attribute', ({ name }) => {
    attributes += 1;
    if (attributes > MAX_ATTRIBUTES) give(`must not have more than ${MAX_ATTRIBUTES} attributes on one element`);
    checkName(name, 'attribute');
  });
  parser.on('opentag', (tag) => {
    root ??= tag;
    parser.elementBegins(tag);
    if (level === 2 && tag.local === 'addresses' && tag.uri === ADDRESSES_NAMESPACE) hasAddresses = true;
  });
  parser.on('closetag', (tag) => {
    parser.elementEnds(tag);
    level -= 1;
  });
  parser.on('error', ({ message }) => {
    const ampersand = ampersandProblem(text);
    if (ampersand !== undefined) throw new Unreadable(ampersand);
    const reason = reasonIn(message);
    give(`must be one well-formed XML element: ${reason}`, FIXES[reason]);
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    problems.add(error.message);
  }
  const name = STANZA_NAMES.find((known) => known === root?.name);
  for (const problem of root === undefined ? [] : rootProblems(root)) problems.add(problem);
  if (root === undefined || name === undefined || problems.size > 0) return { problems: [...problems] };
  const attribute = (key: string) => root?.attributes[key]?.value;
  return { stanza: { name, type: attribute('type'), from: attribute('from'), to: attribute('to'), hasAddresses } };
}

/** Describes an `&` that begins no reference. The parser would look for the end of the reference and report that. */
function ampersandProblem(text: string): string | undefined {
  const index = indexOfBareAmpersand(text);
  if (index === undefined) return undefined;
  const lines = text.slice(0, index + 1).split('\n');
  return `must have & written as &amp;, at line ${lines.length}, column ${lines.at(-1)?.length}`;
}

/** CDATA sections and comments may hold any `&`. Each is skipped by one search, so that the time stays linear. */
function indexOfBareAmpersand(text: string): number | undefined {
  const next = /<!\[CDATA\[|<!--|&(?!#?[\w.-]+;)/g;
  for (let found = next.exec(text); found !== null; found = next.exec(text)) {
    if (found[0] === '&') return found.index;
    const end = text.indexOf(found[0] === '<!--' ? '-->' : ']]>', next.lastIndex);
    if (end < 0) return undefined;
    next.lastIndex = end;
  }
  return undefined;
}

/** Stops the parser. */
class Unreadable extends Error {}

/** Advice for some of the parser's reasons. */
const FIXES: Readonly<Record<string, string>> = {
  'documents may contain only one root': 'send one stanza in each call',
  'undefined entity': 'write the character itself',
  'unclosed tag': 'close each element',
  'unexpected close tag': 'close each element by a tag of the same name',
  'disallowed character in tag name': 'write a < of a text as &lt;',
};

/** Returns the parser's reason, without the position and the names that it quotes after a colon. */
function reasonIn(message: string): string {
  return message
    .replace(/^\d+:\d+: /, '')
    .replace(/:.*$|\.$/s, '')
    .replace('text data outside of root node', 'text outside of the element')
    .replace('document must contain a root element', 'no whole element');
}

function rootProblems({ name, uri, attributes }: SaxesTagNS): string[] {
  if (!STANZA_NAMES.some((known) => known === name) || !STANZA_NAMESPACES.includes(uri)) {
    return ['must be a message, presence or iq element, in the namespace jabber:client or none'];
  }
  // RFC 6120 section 8.1.3
  return name === 'iq' && !attributes['id']?.value ? ['must have an id because it is an iq'] : [];
}
