/**
 * Parses and formats JIDs (RFC 7622). A parsed JID has the form in which ejabberd stores and compares JIDs. For ejabberd, two
 * parsed JIDs are the same if and only if they are equal.
 */
import { prepareDomain, prepareLocal, prepareResource } from './jid-parts.ts';

/**
 * A JID in its parts. A JID without a local part or resource has `""` there.
 *
 * @example
 * const bob: Jid = { local: 'bob', domain: 'example.com', resource: '' };
 */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

/** The parsed JID, or a message that says what was expected. */
export type JidResult = { readonly jid: Jid } | { readonly problem: string };

/**
 * Parses a JID: a domain, a bare JID or a full JID.
 *
 * @param text the JID, such as `Bob@Example.COM/Desk`. It is split before its parts are prepared (RFC 7622 section 3.1)
 * @returns the prepared JID, or a problem that quotes nothing of the text
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
 * Parses a bare JID with a local part, as the owner and the contacts of a roster must have.
 *
 * @param text the JID, such as `Bob@Example.COM`
 * @returns the prepared JID, or a problem. A domain or a full JID is a problem
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
 * Splits a JID that comes from the server, such as a contact's. It is never checked, because the server uses this spelling.
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
 * Returns the text of a JID: `domain`, `local@domain` or `local@domain/resource`.
 *
 * @example
 * formatJid({ local: 'bob', domain: 'example.com', resource: '' }) // 'bob@example.com'
 */
export function formatJid({ local, domain, resource }: Jid): string {
  return `${local && `${local}@`}${domain}${resource && `/${resource}`}`;
}

/**
 * Returns the domain of a JID that comes from the server, in the form of a prepared one.
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
 * Tells whether a JID from the server is the same as a prepared one. The server may spell the domain in A-labels.
 *
 * @param spelling the JID as the server spells it
 * @param jid the text of a prepared JID
 * @example
 * sameJid('bob@xn--bcher-kva.example', 'bob@bücher.example') // true
 */
export function sameJid(spelling: string, jid: string): boolean {
  if (spelling === jid) return true;
  const result = parseJid(spelling);
  return 'jid' in result && formatJid(result.jid) === jid;
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
