/** The form of a call, written by the package `xmlrpc`: a file of the layer by itself, loaded where the build does not know a form. */
import CustomType, { type XmlNode } from 'xmlrpc/lib/customtype.js';
import serializer from 'xmlrpc/lib/serializer.js';
import type { Declared, Encodable } from './encode.ts';
import { HOLE } from './hole.ts';

/** What the package writes for a call, with holes for its strings. */
export function writeForm(method: string, params: readonly Encodable[], declared: Declared): string {
  return serializer.serializeMethodCall(method, params.map(withHoles), declared);
}

/** A string's place, which the package puts into its element as it is. */
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
