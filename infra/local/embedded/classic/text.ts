/**
 * Strings of the old library: lists of integers, of which only those up to 255 can be written again. What it takes as
 * Latin-1 passes through byte by byte, UTF-8 included, and ejabberd reads those bytes as UTF-8.
 */
import type { Value } from '../reply.ts';
import { parseCall } from '../request.ts';

/** A string that can not be encoded: the answer is a 500. */
export class Unencodable extends Error {}

/** The call in a body, each string with a character for each integer of its list. */
export function readCall(body: Buffer): ReturnType<typeof parseCall> {
  const declaration = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']/.exec(body.toString('latin1', 0, 200));
  return parseCall(body.toString(/^iso-8859-1$/i.test(declaration?.[1] ?? '') ? 'latin1' : 'utf8'));
}

/** Text of such a string, as ejabberd reads its bytes. */
export function textOf(list: string): string {
  if (!isBytes(list)) throw new Unencodable();
  return Buffer.from(list, 'latin1').toString('utf8');
}

/** The HTTP body of an answer: strings have no type, and no encoding is declared. */
export function resultBody(value: Value): Buffer {
  return bytesOf(`<params><param>${xmlValue(value)}</param></params>`);
}

/** The HTTP body of a fault. */
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

/** All that it escapes. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function isBytes(list: string): boolean {
  return /^[\u0000-\u00ff]*$/.test(list);
}
