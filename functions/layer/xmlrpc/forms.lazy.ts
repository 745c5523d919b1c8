/** Writes the forms of calls with the package `xmlrpc`, in a file that is loaded while the secret is read. */
import CustomType, { type XmlNode } from 'xmlrpc/lib/customtype.js';
import serializer from 'xmlrpc/lib/serializer.js';
import type { Encodable, WriteForm } from './encode.ts';

/** The placeholder of a string. No name or number can hold it, because the package escapes `&` in them. */
const HOLE = '&hole;';

/** Writes the form of a call. */
export const writeForm: WriteForm = (method, params, declared) =>
  serializer.serializeMethodCall(method, params.map(withHoles), declared).split(HOLE);

/** A string that the package writes without escaping. */
class Hole extends CustomType {
  override readonly tagName = 'string';

  override serialize(xml: XmlNode): XmlNode {
    return xml.ele(this.tagName).raw(this.raw);
  }
}

function withHoles(value: Encodable): unknown {
  if (typeof value === 'string') return new Hole(HOLE);
  if (typeof value !== 'object') return value;
  if (isList(value)) return value.map(withHoles);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withHoles(member)]));
}

function isList(value: object): value is readonly Encodable[] {
  return Array.isArray(value);
}
