/** Prepares the parts of a JID as ejabberd does, by stringprep (RFC 3454), and checks them by RFC 7622. */
import { isIPv6 } from 'node:net';
import { isAscii } from '../shared/is-ascii.ts';
import { aLabelsDecoded } from './a-labels.ts';
import { type PreparationProblem, stringprep } from './stringprep.ts';

/** The prepared part, or a message that says what was expected. */
type PartResult = string | { readonly problem: string };

type PartName = 'local part' | 'domain' | 'resource';

/** The largest prepared part in UTF-8 (RFC 7622 sections 3.2 to 3.4). */
const MAX_PART_BYTES = 1023;

/** A longer text never fits, because at most four code units compose to one, which has at least two bytes. */
const MAX_PART_UNITS = 4 * MAX_PART_BYTES;

/** RFC 7622 section 3.3.1, and the spaces and control characters of RFC 3920 appendix A.5, which ejabberd also refuses. */
const FORBIDDEN_IN_LOCAL = /[\x00-\x20\x7f"&'/:<>@]/;

/** RFC 3920 appendix B.5. */
const FORBIDDEN_IN_RESOURCE = /[\x00-\x1f\x7f]/;

/**
 * RFC 7622 section 3.2: letters, digits, marks, hyphens, dots, and the characters of RFC 5892 appendix A.3 to A.7. Names of
 * internal hosts also have underscores. Host names have no old Hangul jamo (RFC 5892 section 2.9).
 */
const HOST_NAME = /^(?:(?![\u1100-\u11ff])[\p{L}\p{M}\p{N}._\-\u00b7\u0375\u05f3\u05f4\u30fb])+$/u;

/** These characters separate labels as a dot does (RFC 3490 section 3.1). ejabberd keeps two, but host names have none. */
const OTHER_DOTS = /[\u3002\uff0e\uff61]/g;

/** Match most local parts and host names. The rules do not change them. */
const PLAIN_LOCAL = /^[a-z0-9._-]{1,255}$/;
const PLAIN_DOMAIN = /^(?!xn--)[a-z][a-z0-9-]{0,62}(?:\.(?!xn--)[a-z][a-z0-9-]{0,62}){0,3}$/;

const EXPECTED: Readonly<Record<PreparationProblem, (name: PartName) => string>> = {
  dropped: (name) => `must have a ${name} without invisible characters, which ejabberd drops: leave them out`,
  refused: (name) => `must have a ${name} of characters that ejabberd accepts: letters and symbols of Unicode 3.2`,
  order: (name) => `must have a ${name} with its combining marks in canonical order: normalize it to NFC`,
  direction: (name) => `must have a ${name} that does not mix writing directions`,
  length: tooLong,
};

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
 * @returns the domain with decoded A-labels, so that each domain has one form. See {@link aLabelsDecoded}
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
 * Prepares a resource by Resourceprep (RFC 3920 appendix B), which keeps its case.
 *
 * @param text the resource, which must not be empty
 * @example
 * prepareResource('Desk') // 'Desk'
 */
export function prepareResource(text: string): PartResult {
  const resource = prepared(text, 'resource');
  if (typeof resource !== 'string') return resource;
  if (resource === '') return { problem: 'must have a resource after "/"' };
  return FORBIDDEN_IN_RESOURCE.test(resource)
    ? { problem: 'must have a resource without control characters' }
    : resource;
}

/** Prepares a part of any kind. ASCII needs no tables. */
function prepared(text: string, name: PartName): PartResult {
  if (text.length > MAX_PART_UNITS) return { problem: tooLong(name) };
  const foldsCase = name !== 'resource';
  const asciiForm = { text: foldsCase ? text.toLowerCase() : text };
  const result = isAscii(text) ? asciiForm : stringprep(text, { foldsCase, maxUnits: MAX_PART_UNITS });
  if ('problem' in result) return { problem: EXPECTED[result.problem](name) };
  return Buffer.byteLength(result.text) <= MAX_PART_BYTES ? result.text : { problem: tooLong(name) };
}

function tooLong(name: PartName): string {
  return `must have a ${name} of at most 1,023 bytes`;
}

function isHostName(name: string): boolean {
  return HOST_NAME.test(name) && prepared(name, 'domain') === name;
}
