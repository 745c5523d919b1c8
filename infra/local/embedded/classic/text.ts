/**
 * Strings of xmlrpc-erlang. It reads a string as a list of integers, and can write only those up to 255. Bytes of UTF-8 pass
 * unchanged if they are declared as Latin-1, and ejabberd reads them as UTF-8.
 */
import type { Value } from '../reply.ts';
import { parseCall } from '../request.ts';

/** A string can’t be encoded. The response has status 500. */
export class Unencodable extends Error {}

/** Parses a call. Each character of its strings stands for an integer of the list. */
export function readCall(body: Buffer): ReturnType<typeof parseCall> {
  const declaration = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']/.exec(body.toString('latin1', 0, 200));
  return parseCall(body.toString(/^iso-8859-1$/i.test(declaration?.[1] ?? '') ? 'latin1' : 'utf8'));
}

/** Decodes such a string as ejabberd does. */
export function textOf(list: string): string {
  if (!isBytes(list)) throw new Unencodable();
  return Buffer.from(list, 'latin1').toString('utf8');
}

/** Returns the HTTP body of a result. Strings have no type, and no encoding is declared. */
export function resultBody(value: Value): Buffer {
  return bytesOf(`<params><param>${xmlValue(value)}</param></params>`);
}

/** Returns the HTTP body of a fault. */
export function faultBody(code: number, text: string): Buffer {
  return bytesOf(`<fault>${xmlValue({ faultCode: code, faultString: text })}</fault>`);
}

function bytesOf(content: string): Buffer {
  return Buffer.from(`<?xml version="1.0"?><methodResponse>${content}</methodResponse>`);
}

function xmlValue(value: Value): string {
  if (typeof value === 'string') return `<value>${escaped(value)}</value>`;
  if (typeof value === 'number') return `<value><int>${value}</int></value>`;
  if (Array.isArray(value)) return `<value><array><data>${value.map(xmlValue).join('')}</data></array></value>`;
  const members = Object.entries(value).map(([name, item]) => `<member><name>${name}</name>${xmlValue(item)}</member>`);
  return `<value><struct>${members.join('')}</struct></value>`;
}

/** xmlrpc-erlang escapes only these characters. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function isBytes(list: string): boolean {
  return /^[\u0000-\u00ff]*$/.test(list);
}
