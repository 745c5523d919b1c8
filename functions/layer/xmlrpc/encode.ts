/** Writes an XML-RPC call with the serializer of the package `xmlrpc`, past what it does wrong. */
import CustomType, { type XmlNode } from 'xmlrpc/lib/customtype.js';
import serializer from 'xmlrpc/lib/serializer.js';
import { EncodeError } from './errors.ts';
import { xmlProblem } from './xml-text.ts';

/** What a call may hold; numbers are 32-bit integers. */
export type Encodable = string | number | boolean | readonly Encodable[] | { readonly [name: string]: Encodable };

const MAX_DEPTH = 32;

/** XML-RPC's own characters for a method, and what members of ejabberd's commands are made of. */
const NAME = /^[\w.:/-]+$/;

/**
 * Encodes a call.
 *
 * No string changes the structure or arrives altered: the package would put one with `<` or `&` into a CDATA section of
 * which it escapes only the first end, lose carriage returns there, and send what it does not know as an empty string.
 *
 * @param method such as `get_roster`
 * @param params usually one struct
 * @param declared the encoding that the XML declares; the bytes are UTF-8 all the same
 * @returns the XML in UTF-8
 * @throws EncodeError that names the path of what can't travel, such as `params[0].nick`, and never its value
 * @example
 * encodeCall('check_account', [{ user: 'alice', host: 'example.com' }])
 */
export function encodeCall(method: string, params: readonly Encodable[], declared?: 'ISO-8859-1'): Buffer {
  if (!NAME.test(method)) throw new EncodeError('the method’s name is not one');
  const safe = params.map((param, index) => safeValue(param, `params[${index}]`, 0));
  return Buffer.from(serializer.serializeMethodCall(method, safe, declared));
}

/** A string that the package writes by our own escaping, not by its own. */
class SafeString extends CustomType {
  override readonly tagName = 'string';

  override serialize(xml: XmlNode): XmlNode {
    return xml.ele(this.tagName).raw(escaped(this.raw));
  }
}

/** A line feed for a carriage return is what an XML parser would make of a raw one. */
function escaped(text: string): string {
  if (!/[&<>\r]/.test(text)) return text;
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}

/** A value of which the package can only write what is meant. */
function safeValue(value: unknown, path: string, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new EncodeError(`${path} is nested too deep`);
  if (typeof value === 'string') return safeString(value, path);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' && value === (value | 0)) return value;
  // Unlike map, this does not pass over holes.
  if (Array.isArray(value)) return Array.from(value, (item, index) => safeValue(item, `${path}[${index}]`, depth + 1));
  if (typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        if (!NAME.test(name)) throw new EncodeError(`${path} has a member whose name is not one`);
        return [name, safeValue(member, `${path}.${name}`, depth + 1)];
      }),
    );
  }
  throw new EncodeError(`${path} is of a type that XML-RPC does not have`);
}

function safeString(text: string, path: string): SafeString {
  const problem = xmlProblem(text);
  if (problem !== undefined) throw new EncodeError(`${path} ${problem}`);
  return new SafeString(text);
}
