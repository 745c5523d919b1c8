/**
 * JIDs in ejabberd's own form, which is the form that is authorized, compared and sent: local part and domain by tables B.1 and
 * B.2 of RFC 3454 and NFKC, a resource by B.1 and NFKC. No accepted spelling means another JID to ejabberd.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { type PreparationProblem, stringprep } from './stringprep.ts';

/** A JID in its parts. Of a prepared JID each part is in ejabberd's form; a part that it does not have is `""`. */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

/** The outcome of reading a JID: the JID, or in words what is wrong with the text. */
export type JidResult = { readonly jid: Jid } | { readonly problem: string };

type Part = string | { readonly problem: string };

/** RFC 7622 sections 3.2 to 3.4: every part has 1 to 1,023 bytes of UTF-8 once prepared. */
const MAX_PART_BYTES = 1023;

/** No longer text becomes a part that fits. Normal forms take time that grows with the square of a run of marks. */
const MAX_PART_UNITS = 4 * MAX_PART_BYTES;

/** Nodeprep (RFC 6122 appendix A.5), and the controls and spaces of tables C.1.1 and C.2.1. */
const FORBIDDEN_IN_LOCAL = /["&'/:<>@\x00-\x20\x7f]/;

/** Table C.2.1. */
const CONTROL = /[\x00-\x1f\x7f]/;

/** Letters, digits, marks, hyphens, dots and underscores, which host names inside networks have. */
const HOST_NAME = /^[\p{L}\p{M}\p{N}._-]+$/u;

/** RFC 3490 section 3.1: dots in other scripts. */
const OTHER_DOTS = /[\u3002\uff0e\uff61]/g;

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

/**
 * Prepares a local part.
 *
 * @returns the local part in ejabberd's form, or the problem
 * @example
 * prepareLocal('Straße') // 'strasse'
 */
export function prepareLocal(text: string): Part {
  if (PLAIN_LOCAL.test(text)) return text;
  const local = prepared(text, 'local part', true);
  if (typeof local !== 'string') return local;
  if (local === '') return { problem: 'has an empty local part' };
  if (FORBIDDEN_IN_LOCAL.test(local)) return { problem: 'has a local part with a space or one of " & \' / : < > @' };
  return fitting(local, 'local part');
}

/**
 * Prepares a domain: a host name of one or more labels, an IPv4 address, or an IPv6 address in brackets.
 *
 * @returns the domain in ejabberd's form, A-labels as U-labels; or the problem
 * @example
 * prepareDomain('XN--BCHER-KVA.example.') // 'bücher.example'
 */
export function prepareDomain(text: string): Part {
  if (PLAIN_DOMAIN.test(text)) return text;
  const domain = text.endsWith('.') ? text.slice(0, -1) : text;
  if (domain === '') return { problem: 'has an empty domain' };
  if (domain.startsWith('[')) {
    return isIPv6(domain.slice(1, -1)) && domain.endsWith(']')
      ? domain.toLowerCase()
      : { problem: 'has a domain that is not an IPv6 address in brackets' };
  }
  const name = prepared(domain, 'domain', true);
  return typeof name === 'string' ? hostName(name.replace(OTHER_DOTS, '.')) : name;
}

/** The JID's parts, neither judged nor prepared: for a JID that the server itself tells. */
export function splitJid(text: string): Jid {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  return {
    local: at < 0 ? '' : bare.slice(0, at),
    domain: bare.slice(at + 1),
    resource: slash < 0 ? '' : text.slice(slash + 1),
  };
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
 * Tells whether two texts are the same JID, one of which the server may have told: older releases keep A-labels.
 *
 * @example
 * sameJid('bob@xn--bcher-kva.example', 'bob@bücher.example') // true
 */
export function sameJid(one: string, other: string): boolean {
  if (one === other) return true;
  const [first, second] = [parseJid(one), parseJid(other)];
  return 'jid' in first && 'jid' in second && formatJid(first.jid) === formatJid(second.jid);
}

function prepareResource(text: string): Part {
  const resource = prepared(text, 'resource', false);
  if (typeof resource !== 'string') return resource;
  if (resource === '') return { problem: 'has an empty resource' };
  if (CONTROL.test(resource)) return { problem: 'has a resource with a control character' };
  return fitting(resource, 'resource');
}

const PROBLEMS: Readonly<Record<PreparationProblem, string>> = {
  dropped: 'with an invisible character that ejabberd drops, such as a soft hyphen or a zero-width space',
  refused: 'with a character that ejabberd does not allow',
  order: 'with combining marks that are not in canonical order',
  direction: 'that mixes writing directions',
  length: 'of over 1,023 bytes',
};

function prepared(text: string, name: string, foldsCase: boolean): Part {
  if (text.length > MAX_PART_UNITS) return tooLong(name);
  if (/^[\x00-\x7f]*$/.test(text)) return foldsCase ? text.toLowerCase() : text;
  const result = stringprep(text, { foldsCase, maxUnits: MAX_PART_UNITS });
  return 'text' in result ? result.text : { problem: `has a ${name} ${PROBLEMS[result.problem]}` };
}

function hostName(name: string): Part {
  if (isIPv4(name)) return name;
  const labels = /(?:^|\.)xn--/.test(name) ? domainToUnicode(name) : name;
  // RFC 5890 section 2.3.2.1: a label that is no Punycode is a fake A-label. It stays as it is.
  const isName = HOST_NAME.test(labels) && !/(?:^|\.)(?:xn--|\.|$)/.test(labels);
  // An A-label may stand for letters that ejabberd folds, which would be another domain.
  if (!isName || prepared(labels, 'domain', true) !== labels || !isIdna(labels)) {
    return { problem: 'has a domain that is not a host name' };
  }
  return fitting(labels, 'domain');
}

function isIdna(name: string): boolean {
  return /^[\x00-\x7f]*$/.test(name) || domainToUnicode(domainToASCII(name)) === name;
}

function fitting(part: string, name: string): Part {
  return Buffer.byteLength(part) <= MAX_PART_BYTES ? part : tooLong(name);
}

function tooLong(name: string): { readonly problem: string } {
  return { problem: `has a ${name} ${PROBLEMS.length}` };
}
