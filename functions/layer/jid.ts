/**
 * JIDs by RFC 7622, in the form that is sent: NFC, local part and domain in lower case. Stock ejabberd prepares by the
 * older stringprep; where it is stricter (mixed writing directions, letters newer than Unicode 3.2) it refuses by itself.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';

/** A JID in its parts, prepared; `local` and `resource` are `""` where it has none. */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

/** The outcome of reading a JID: the JID, or in words what is wrong with the text. */
export type JidResult = { readonly jid: Jid } | { readonly problem: string };

/** RFC 7622 sections 3.2 to 3.4: every part has 1 to 1,023 bytes of UTF-8 once prepared. */
const MAX_PART_BYTES = 1023;

/**
 * Nothing longer becomes a part that fits, be it composed, narrowed or Punycode. Unicode's normal forms take time that
 * grows with the square of a run of marks, so that what is longer is not prepared at all.
 */
const MAX_PART_UNITS = 4 * MAX_PART_BYTES;

/** RFC 7622 section 3.3.1, and the space that PRECIS's IdentifierClass excludes anyway. */
const FORBIDDEN_IN_LOCAL = /["&'/:<>@\s]/;

/** Old Hangul Jamo and what is ignored when rendered: disallowed by RFC 8264 sections 9.9 and 9.13 in either class. */
const NEVER =
  /[\p{Cc}\p{Cs}\p{Cn}\p{Co}\p{Default_Ignorable_Code_Point}\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7c6\ud7cb-\ud7fb]/u;

/**
 * RFC 8264 section 4.2: letters, digits and marks, the printable ASCII, and section 9.6's exceptions. Left out are
 * 9.6's disallowed ones and those that only a context would allow, for ejabberd drops or refuses them.
 */
const IDENTIFIER = /^[!-~\u00df\u03c2\u06fd\u06fe\u0f0b\u3007\p{L}\p{M}\p{Nd}]*$/u;
const NO_IDENTIFIER = /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]/;

/** Letters, digits, marks, hyphens, dots and, as host names inside networks do have them, underscores. */
const DOMAIN = /^[\p{L}\p{M}\p{N}._\-\u3002\uff0e\uff61]+$/u;

/**
 * Reads a JID: a domain, a bare JID or a full one.
 *
 * @param text for example `Bob@Example.COM/Desk`; parts are split before they are prepared (RFC 7622 section 3.1)
 * @returns the prepared JID, or the problem in words, without any of the text
 * @example
 * parseJid('Bob@Example.COM/Desk') // { jid: { local: 'bob', domain: 'example.com', resource: 'Desk' } }
 */
export function parseJid(text: string): JidResult {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  const local = at < 0 ? '' : prepareLocal(bare.slice(0, at));
  const domain = prepareDomain(bare.slice(at + 1));
  const resource = slash < 0 ? '' : prepareResource(text.slice(slash + 1));
  for (const part of [local, domain, resource]) {
    if (typeof part !== 'string') return part;
  }
  return { jid: { local: String(local), domain: String(domain), resource: String(resource) } };
}

/** Reads a bare JID with a local part, as every roster's owner and contact here has. Like {@link parseJid} otherwise. */
export function parseBareJid(text: string): JidResult {
  const result = parseJid(text);
  if ('problem' in result) return result;
  if (result.jid.resource !== '') return { problem: 'must be a bare JID: leave out "/" and the resource' };
  if (result.jid.local === '') return { problem: 'must be a bare JID with a local part: user@server' };
  return result;
}

/** What nearly all local parts and host names are, and what every rule leaves as it is: looking each up takes far longer. */
const PLAIN_LOCAL = /^[a-z0-9._-]{1,255}$/;
const PLAIN_DOMAIN = /^(?!xn--)[a-z][a-z0-9-]{0,62}(?:\.(?!xn--)[a-z][a-z0-9-]{0,62}){0,3}$/;

/** Prepares a local part, which must not be empty. */
export function prepareLocal(text: string): string | { readonly problem: string } {
  if (PLAIN_LOCAL.test(text)) return text;
  if (text.length > MAX_PART_UNITS) return tooLong('local part');
  const local = widthMapped(text).toLowerCase().normalize('NFC');
  if (local === '') return { problem: 'has an empty local part' };
  if (FORBIDDEN_IN_LOCAL.test(local)) return { problem: 'has a local part with a space or one of " & \' / : < > @' };
  if (NEVER.test(local) || !IDENTIFIER.test(local) || NO_IDENTIFIER.test(local) || hasCompatibilityForm(local)) {
    return { problem: 'has a local part with a character that RFC 7622 does not allow' };
  }
  return fitting(local, 'local part');
}

/** Prepares a domain: a host name of one or more labels, an IPv4 address, or an IPv6 address in brackets. */
export function prepareDomain(text: string): string | { readonly problem: string } {
  if (PLAIN_DOMAIN.test(text)) return text;
  if (text.length > MAX_PART_UNITS) return tooLong('domain');
  const domain = text.endsWith('.') ? text.slice(0, -1) : text;
  if (domain === '') return { problem: 'has an empty domain' };
  if (isIPv4(domain)) return domain;
  if (domain.startsWith('[')) {
    return isIPv6(domain.slice(1, -1)) && domain.endsWith(']')
      ? domain.toLowerCase()
      : { problem: 'has a domain that is not an IPv6 address in brackets' };
  }
  if (!DOMAIN.test(domain) || NEVER.test(domain)) {
    return { problem: 'has a domain with a character that RFC 7622 does not allow' };
  }
  const name = isPlainAscii(domain) ? domain.toLowerCase() : domainToUnicode(domainToASCII(domain));
  // Some characters are mapped to what no host name has, such as "⅐" to "1⁄7". And what is no Punycode stays as it is: RFC 5890
  // section 2.3.2.1 calls it a fake A-label, which neither a U-label nor any other label of RFC 7622 is.
  if (!DOMAIN.test(name) || NEVER.test(name) || /(?:^|\.)(?:xn--|\.|$)/.test(name))
    return { problem: 'has a domain that is not a host name' };
  return fitting(name.normalize('NFC'), 'domain');
}

/** The domain of a bare JID as the server tells it. */
export function domainOf(bareJid: string): string {
  return bareJid.slice(bareJid.indexOf('@') + 1);
}

/** The JID's text: `domain`, `local@domain` or `local@domain/resource`. */
export function formatJid({ local, domain, resource }: Jid): string {
  return `${local && `${local}@`}${domain}${resource && `/${resource}`}`;
}

/**
 * Whether two prepared JIDs name the same one to the server as well: stringprep folds more than lower case does
 * (`straße` is `strasse` to ejabberd).
 */
export function sameJid(one: string, other: string): boolean {
  if (one === other) return true;
  // Nothing folds to ASCII but what is not ASCII, or is its other case.
  if (isAscii(one) && isAscii(other)) return one.toLowerCase() === other.toLowerCase();
  const isLong = Math.max(one.length, other.length) > 3 * MAX_PART_UNITS;
  return !isLong && folded(one) === folded(other);
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

function folded(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

/** RFC 8265's OpaqueString, which resources follow: spaces become U+0020, case stays. */
function prepareResource(text: string): string | { readonly problem: string } {
  if (text.length > MAX_PART_UNITS) return tooLong('resource');
  const resource = text.replace(/\p{Zs}/gu, ' ').normalize('NFC');
  if (resource === '') return { problem: 'has an empty resource' };
  if (NEVER.test(resource)) return { problem: 'has a resource with a character that RFC 7622 does not allow' };
  return fitting(resource, 'resource');
}

function fitting(part: string, name: string): string | { readonly problem: string } {
  return Buffer.byteLength(part) <= MAX_PART_BYTES ? part : tooLong(name);
}

function tooLong(name: string): { readonly problem: string } {
  return { problem: `has a ${name} of over 1,023 bytes` };
}

/** RFC 8265 section 3.3.2: full-width and half-width letters become ordinary ones. */
function widthMapped(text: string): string {
  return text.replace(/[\uff01-\uffee]/g, (wide) => wide.normalize('NFKC'));
}

/** RFC 8264 section 9.17. */
function hasCompatibilityForm(text: string): boolean {
  return text.normalize('NFKC') !== text;
}

function isPlainAscii(domain: string): boolean {
  return /^[\x21-\x7e]+$/.test(domain) && !/(?:^|\.)xn--/i.test(domain);
}
