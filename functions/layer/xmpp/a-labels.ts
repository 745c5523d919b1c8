/** Brings the labels of a domain into one form: `xn--bcher-kva` is `bücher` (RFC 5890 section 2.3.2.1). */
import { domainToASCII, domainToUnicode } from 'node:url';
import { isAscii } from '../shared/is-ascii.ts';

/**
 * Decodes the A-labels of a domain, so that one domain does not pass as two.
 *
 * An A-label stays if ejabberd reads its text as another domain: `xn--strae-oqa` is `straße`, which ejabberd reads as
 * `strasse`. All labels stay if ejabberd refuses the decoded name, such as a Hebrew label before `com`.
 *
 * @param domain a prepared domain
 * @param isName whether ejabberd accepts a name and keeps it unchanged
 * @returns `undefined` if a label begins with `xn--` and is not an A-label
 * @example
 * aLabelsDecoded('xn--bcher-kva.example', () => true) // 'bücher.example'
 */
export function aLabelsDecoded(domain: string, isName: (name: string) => boolean): string | undefined {
  const labels = domain.split('.');
  if (!labels.some(isALabel)) return domain;
  const decoded = labels.map((label) => (isALabel(label) ? decodedLabel(label) : label));
  if (!decoded.every((label) => label !== undefined)) return undefined;
  const name = decoded.map((label, index) => (isName(label) ? label : labels[index])).join('.');
  if (isName(name)) return name;
  return labels.every(isAscii) ? domain : undefined;
}

/** Decodes a label, except one that decodes to nothing or to ASCII. RFC 5890 calls that a fake A-label. */
function decodedLabel(label: string): string | undefined {
  const decoded = domainToUnicode(domainToASCII(label));
  return decoded === '' || isAscii(decoded) ? undefined : decoded;
}

function isALabel(label: string): boolean {
  return label.startsWith('xn--');
}
