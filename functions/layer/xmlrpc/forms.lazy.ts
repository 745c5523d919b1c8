/** Writes the forms of calls with the package `xmlrpc`. It is loaded while the secret is being read. */
import CustomType, { type XmlNode } from 'xmlrpc/lib/customtype.js';
import serializer from 'xmlrpc/lib/serializer.js';
import type { Encodable, WriteForm } from './encode.ts';

/** The placeholder of a string. No name or number can contain it, because the package escapes `&` in them. */
const HOLE = '&hole;';

export const writeForm: WriteForm = (method, params, declared) =>
  serializer.serializeMethodCall(method, params.map(withHoles), declared).split(HOLE);

/** A value that the package writes without escaping. */
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
