/**
 * JIDs (RFC 7622) in the form in which ejabberd keeps and compares them, which is stringprep's (RFC 3454). Two prepared JIDs
 * name the same one to ejabberd exactly if they are equal.
 */
import { isIPv6 } from 'node:net';
import { aLabelsDecoded } from './a-labels.ts';
import { type PreparationProblem, stringprep } from './stringprep.ts';

/** A JID in its parts; `local` and `resource` are `""` if it has none. */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

/** The outcome of reading a JID: the JID, or a message that says what was expected. */
export type JidResult = { readonly jid: Jid } | { readonly problem: string };

/** The outcome of preparing a part: the part, or a message that says what was expected. */
export type PartResult = string | { readonly problem: string };

type PartName = 'local part' | 'domain' | 'resource';

/** RFC 7622 sections 3.2 to 3.4: every part has 1 to 1,023 bytes of UTF-8 once prepared. */
const MAX_PART_BYTES = 1023;

/** Nothing longer becomes a part that fits: at most four code units compose to one, of at least two bytes. */
const MAX_PART_UNITS = 4 * MAX_PART_BYTES;

/** RFC 7622 section 3.3.1, and the spaces and control characters that ejabberd refuses as well (RFC 3920 appendix A.5). */
const FORBIDDEN_IN_LOCAL = /[\x00-\x20\x7f"&'/:<>@]/;

/** RFC 3920 appendix B.5. */
const FORBIDDEN_IN_RESOURCE = /[\x00-\x1f\x7f]/;

/**
 * RFC 7622 section 3.2: letters, digits, marks, hyphens, dots, and the characters of RFC 5892 appendix A.3 to A.7. Host names
 * inside networks have underscores as well. Old Hangul jamo are in no host name (RFC 5892 section 2.9).
 */
const HOST_NAME = /^(?:(?![\u1100-\u11ff])[\p{L}\p{M}\p{N}._\-\u00b7\u0375\u05f3\u05f4\u30fb])+$/u;

/** RFC 3490 section 3.1: these separate labels as a dot does. ejabberd keeps two of them, but no host name has them. */
const OTHER_DOTS = /[\u3002\uff0e\uff61]/g;

/** The local parts and host names that every rule leaves as they are. Most are such. */
const PLAIN_LOCAL = /^[a-z0-9._-]{1,255}$/;
const PLAIN_DOMAIN = /^(?!xn--)[a-z][a-z0-9-]{0,62}(?:\.(?!xn--)[a-z][a-z0-9-]{0,62}){0,3}$/;

const ASCII = /^[\x00-\x7f]*$/;

const EXPECTED: Readonly<Record<PreparationProblem, (name: PartName) => string>> = {
  dropped: (name) => `must have a ${name} without invisible characters, which ejabberd drops: leave them out`,
  refused: (name) => `must have a ${name} of characters that ejabberd accepts: letters and symbols of Unicode 3.2`,
  order: (name) => `must have a ${name} with its combining marks in canonical order: normalize it to NFC`,
  direction: (name) => `must have a ${name} that does not mix writing directions`,
  length: tooLong,
};

/**
 * Reads a JID: a domain, a bare JID or a full JID.
 *
 * @param text for example `Bob@Example.COM/Desk`; parts are split before they are prepared (RFC 7622 section 3.1)
 * @returns the prepared JID, or a message that holds none of the text
 * @example
 * parseJid('Bob@Example.COM/Desk') // { jid: { local: 'bob', domain: 'example.com', resource: 'Desk' } }
 */
export function parseJid(text: string): JidResult {
  const parts = partsOf(text);
  const local = parts.hasLocal ? prepareLocal(parts.local) : '';
  const domain = prepareDomain(parts.domain);
  const resource = parts.hasResource ? prepareResource(parts.resource) : '';
  if (typeof local !== 'string') return local;
  if (typeof domain !== 'string') return domain;
  return typeof resource === 'string' ? { jid: { local, domain, resource } } : resource;
}

/**
 * Reads a bare JID with a local part, which the owner and the contacts of a roster have here.
 *
 * @param text for example `Bob@Example.COM`
 * @returns like {@link parseJid}; a domain or a full JID is a problem
 * @example
 * parseBareJid('bob@example.com/desk') // { problem: 'must be a bare JID: leave out "/" and the resource' }
 */
export function parseBareJid(text: string): JidResult {
  const result = parseJid(text);
  if ('problem' in result) return result;
  if (result.jid.resource !== '') return { problem: 'must be a bare JID: leave out "/" and the resource' };
  if (result.jid.local === '') return { problem: 'must be a bare JID with a local part, such as user@server' };
  return result;
}

/**
 * Splits a JID that the server told, such as a contact's. It is never judged, because the server knows it by this spelling.
 *
 * @param text the JID as the server spells it
 * @example
 * splitJid('i♥xmpp@xn--bcher-kva.example') // { local: 'i♥xmpp', domain: 'xn--bcher-kva.example', resource: '' }
 */
export function splitJid(text: string): Jid {
  const { local, domain, resource } = partsOf(text);
  return { local, domain, resource };
}

/**
 * Prepares a local part by Nodeprep (RFC 3920 appendix A).
 *
 * @param text the local part, which must not be empty
 * @example
 * prepareLocal('Straße') // 'strasse'
 */
export function prepareLocal(text: string): PartResult {
  if (PLAIN_LOCAL.test(text)) return text;
  const local = prepared(text, 'local part');
  if (typeof local !== 'string') return local;
  if (local === '') return { problem: 'must have a local part before "@"' };
  if (FORBIDDEN_IN_LOCAL.test(local)) {
    return { problem: 'must have a local part without spaces, control characters and " & \' / : < > @' };
  }
  return local;
}

/**
 * Prepares a domain by Nameprep (RFC 3491), its dots by RFC 3490. A dot at its end is removed (RFC 7622 section 3.2).
 *
 * @param text a host name of one or more labels, an IPv4 address, or an IPv6 address in brackets
 * @returns the domain with its A-labels decoded, because one domain has one form here; see {@link aLabelsDecoded}
 * @example
 * prepareDomain('XN--BCHER-KVA.example') // 'bücher.example'
 */
export function prepareDomain(text: string): PartResult {
  if (PLAIN_DOMAIN.test(text)) return text;
  const dotted = text.replace(OTHER_DOTS, '.');
  const name = prepared(dotted.endsWith('.') ? dotted.slice(0, -1) : dotted, 'domain');
  if (typeof name !== 'string') return name;
  if (name === '') return { problem: 'must have a domain' };
  if (name.startsWith('[') && name.endsWith(']') && isIPv6(name.slice(1, -1))) return name;
  const decoded = HOST_NAME.test(name) && name.split('.').every(Boolean) ? aLabelsDecoded(name, isHostName) : undefined;
  return (
    decoded ?? { problem: 'must have a domain that is a host name, an IPv4 address, or an IPv6 address in brackets' }
  );
}

/**
 * The domain of a JID that the server told, in the form of a prepared one.
 *
 * @example
 * preparedDomainOf('bob@xn--bcher-kva.example/desk') // 'bücher.example'
 */
export function preparedDomainOf(jid: string): string {
  const { domain } = splitJid(jid);
  const prepared = prepareDomain(domain);
  return typeof prepared === 'string' ? prepared : domain;
}

/**
 * The text of a JID: `domain`, `local@domain` or `local@domain/resource`.
 *
 * @example
 * formatJid({ local: 'bob', domain: 'example.com', resource: '' }) // 'bob@example.com'
 */
export function formatJid({ local, domain, resource }: Jid): string {
  return `${local && `${local}@`}${domain}${resource && `/${resource}`}`;
}

/**
 * Whether a JID that the server told is the same as a prepared one. The server may spell the domain in A-labels.
 *
 * @param told the JID as the server spells it
 * @param jid the text of a prepared JID
 * @example
 * sameJid('bob@xn--bcher-kva.example', 'bob@bücher.example') // true
 */
export function sameJid(told: string, jid: string): boolean {
  if (told === jid) return true;
  const result = parseJid(told);
  return 'jid' in result && formatJid(result.jid) === jid;
}

/** Prepares a resource by Resourceprep (RFC 3920 appendix B): its case stays. */
function prepareResource(text: string): PartResult {
  const resource = prepared(text, 'resource');
  if (typeof resource !== 'string') return resource;
  if (resource === '') return { problem: 'must have a resource after "/"' };
  return FORBIDDEN_IN_RESOURCE.test(resource)
    ? { problem: 'must have a resource without control characters' }
    : resource;
}

/** What all parts have in common. ASCII needs no tables. */
function prepared(text: string, name: PartName): PartResult {
  if (text.length > MAX_PART_UNITS) return { problem: tooLong(name) };
  const foldsCase = name !== 'resource';
  const isAscii = ASCII.test(text);
  const asciiForm = { text: foldsCase ? text.toLowerCase() : text };
  const result = isAscii ? asciiForm : stringprep(text, { foldsCase, maxUnits: MAX_PART_UNITS });
  if ('problem' in result) return { problem: EXPECTED[result.problem](name) };
  return Buffer.byteLength(result.text) <= MAX_PART_BYTES ? result.text : { problem: tooLong(name) };
}

function tooLong(name: PartName): string {
  return `must have a ${name} of at most 1,023 bytes`;
}

function isHostName(name: string): boolean {
  return HOST_NAME.test(name) && prepared(name, 'domain') === name;
}

interface Parts extends Jid {
  readonly hasLocal: boolean;
  readonly hasResource: boolean;
}

function partsOf(text: string): Parts {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  return {
    local: bare.slice(0, Math.max(0, at)),
    domain: bare.slice(at + 1),
    resource: slash < 0 ? '' : text.slice(slash + 1),
    hasLocal: at >= 0,
    hasResource: slash >= 0,
  };
}
