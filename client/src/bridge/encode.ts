/** Writes XML-RPC responses. */
import { escaped } from '../stanza.ts';

/** A value that the methods of 2008 return. */
export type Returned = string | number | readonly Returned[] | { readonly [name: string]: Returned };

const START = '<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse>';

/** The body of a response with a value. */
export function encodeResult(value: Returned): string {
  return `${START}<params><param>${xmlOf(value)}</param></params></methodResponse>`;
}

/** The body of a fault. */
export function encodeFault(code: number, text: string): string {
  return `${START}<fault>${xmlOf({ faultCode: code, faultString: text })}</fault></methodResponse>`;
}

function xmlOf(value: Returned): string {
  if (typeof value === 'number') return `<value><int>${value}</int></value>`;
  if (typeof value === 'string') return `<value><string>${escaped(carried(value))}</string></value>`;
  if (isList(value)) return `<value><array><data>${value.map(xmlOf).join('')}</data></array></value>`;
  const members = Object.entries(value).map(([name, item]) => `<member><name>${name}</name>${xmlOf(item)}</member>`);
  return `<value><struct>${members.join('')}</struct></value>`;
}

function isList(value: object): value is readonly Returned[] {
  return Array.isArray(value);
}

/** The text without what XML can't carry. The functions give none; a response must be readable anyway. */
function carried(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu, '\ufffd');
}
