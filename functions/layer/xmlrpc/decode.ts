/** Decodes XML-RPC responses strictly, because a guess could return the wrong roster. */
import { isObject } from '../shared/is-object.ts';
import { DecodeError } from './errors.ts';
import { Scanner } from './scanner.ts';

/** A value of XML-RPC. A struct has no inherited members. */
type XmlRpcValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly XmlRpcValue[]
  | { readonly [name: string]: XmlRpcValue };

/** A response: a result with one value, or a fault. */
export type Response =
  | { readonly kind: 'result'; readonly value: XmlRpcValue }
  | { readonly kind: 'fault'; readonly code: number; readonly text: string };

/** No command returns deeper values, and code that walks a deeper one could overflow the stack. */
const MAX_DEPTH = 64;

/** The scalar types by name, with their parsers. A parser returns `undefined` for invalid text. */
const SCALARS: readonly (readonly [string, (text: string) => XmlRpcValue | undefined])[] = [
  ['int', int32],
  ['i4', int32],
  ['boolean', (text) => (text === '1' ? true : text === '0' ? false : undefined)],
  ['double', (text) => (/^[+-]?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined)],
  ['i8', (text) => (/^[+-]?\d{1,19}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined)],
  ['dateTime.iso8601', (text) => (/^\d{4}-?\d\d-?\d\dT\d\d:\d\d:\d\d$/.test(text) ? text : undefined)],
  ['base64', base64],
];

/**
 * Decodes a response in one pass. The time is linear in the size of the body.
 *
 * @param body the HTTP body in UTF-8, with an XML declaration or without
 * @throws DecodeError that describes the error and its position, and quotes nothing of the body
 * @example
 * decodeResponse(Buffer.from('<methodResponse><params><param><value>hi</value></param></params></methodResponse>'))
 * // { kind: 'result', value: 'hi' }
 */
export function decodeResponse(body: Buffer): Response {
  const scanner = new Scanner(body);
  scanner.prolog();
  const response = methodResponse(scanner);
  scanner.space();
  if (!scanner.atEnd()) scanner.fail('expected nothing after the response');
  return response;
}

function methodResponse(scanner: Scanner): Response {
  if (!scanner.markup('<methodResponse><params><param>')) {
    open(scanner, 'methodResponse');
    if (scanner.open('fault')) return fault(scanner);
    open(scanner, 'params');
    open(scanner, 'param');
  }
  scanner.space();
  const result = value(scanner, 0);
  if (!scanner.markup('</param></params></methodResponse>')) {
    for (const name of ['param', 'params', 'methodResponse']) close(scanner, name);
  }
  return { kind: 'result', value: result };
}

function fault(scanner: Scanner): Response {
  scanner.space();
  const response = faultOf(value(scanner, 0));
  for (const name of ['fault', 'methodResponse']) close(scanner, name);
  return response;
}

/** Reads a start tag, with white space around it. */
function open(scanner: Scanner, name: string): void {
  scanner.space();
  if (!scanner.open(name)) scanner.fail(`expected <${name}>`);
  scanner.space();
}

/** Reads an end tag, with white space before it. */
function close(scanner: Scanner, name: string): void {
  scanner.space();
  scanner.close(name);
}

/** Tries the markup that servers write, without white space, first. All other forms are read tag by tag. */
function value(scanner: Scanner, depth: number): XmlRpcValue {
  if (depth > MAX_DEPTH) scanner.fail(`expected at most ${MAX_DEPTH} levels`);
  if (scanner.markup('<value><string>')) {
    const text = scanner.textBefore('</string></value>');
    if (text !== undefined) return text;
    return finished(scanner, stringRest(scanner));
  }
  if (scanner.markup('<value><struct>')) return finished(scanner, struct(scanner, depth));
  if (scanner.markup('<value><array>')) return finished(scanner, array(scanner, depth));
  if (scanner.markup('<value><int>')) return finished(scanner, scalarRest(scanner, 'int', int32));
  if (scanner.markup('<value><string/></value>')) return '';
  return anyValue(scanner, depth);
}

function finished<T>(scanner: Scanner, result: T): T {
  if (!scanner.markup('</value>')) close(scanner, 'value');
  return result;
}

function stringRest(scanner: Scanner): string {
  const text = scanner.characters();
  scanner.close('string');
  return text;
}

function anyValue(scanner: Scanner, depth: number): XmlRpcValue {
  if (scanner.empty('value')) return '';
  if (!scanner.open('value')) scanner.fail('expected <value>');
  const text = scanner.characters();
  if (scanner.atClose('value')) {
    scanner.close('value');
    return text;
  }
  if (/[^ \t\r\n]/.test(text)) scanner.fail('expected either text or an element');
  const result = typed(scanner, depth);
  close(scanner, 'value');
  return result;
}

function typed(scanner: Scanner, depth: number): XmlRpcValue {
  if (scanner.open('string')) return stringRest(scanner);
  if (scanner.open('struct')) return struct(scanner, depth);
  if (scanner.open('array')) return array(scanner, depth);
  if (scanner.empty('string')) return '';
  if (scanner.empty('struct')) return Object.create(null);
  if (scanner.empty('nil')) return null;
  for (const [name, read] of SCALARS) {
    if (scanner.open(name)) return scalarRest(scanner, name, read);
  }
  return scanner.fail('expected a value of a known type');
}

function scalarRest(scanner: Scanner, name: string, read: (text: string) => XmlRpcValue | undefined): XmlRpcValue {
  const result = read(scanner.characters());
  if (result === undefined) scanner.fail(`expected a valid ${name}`);
  scanner.close(name);
  return result;
}

/** Creates structs without inherited members. V8 needs far less memory and time than for `Object.create(null)`. */
const Struct = function Struct() {} as unknown as new () => Record<string, XmlRpcValue>;
Struct.prototype = Object.freeze(Object.create(null));

function struct(scanner: Scanner, depth: number): XmlRpcValue {
  const members = new Struct();
  for (;;) {
    const name = memberName(scanner);
    if (name === undefined) break;
    if (name === '__proto__' || name in members) scanner.fail('expected a unique member name other than __proto__');
    members[name] = value(scanner, depth + 1);
    if (!scanner.markup('</member>')) close(scanner, 'member');
  }
  scanner.close('struct');
  return members;
}

/** Reads the start of a member up to its value, and returns its name; `undefined` if there is no further member. */
function memberName(scanner: Scanner): string | undefined {
  if (scanner.markup('<member><name>')) {
    const name = scanner.textBefore('</name>');
    if (name !== undefined) {
      scanner.space();
      return name;
    }
  } else {
    scanner.space();
    if (!scanner.open('member')) return undefined;
    scanner.space();
    if (!scanner.open('name')) scanner.fail('expected <name>');
  }
  const name = scanner.characters();
  scanner.close('name');
  scanner.space();
  return name;
}

function array(scanner: Scanner, depth: number): XmlRpcValue {
  const items: XmlRpcValue[] = [];
  scanner.space();
  if (!scanner.empty('data')) {
    if (!scanner.open('data')) scanner.fail('expected <data>');
    scanner.space();
    while (!scanner.atClose('data')) {
      items.push(value(scanner, depth + 1));
      scanner.space();
    }
    scanner.close('data');
  }
  close(scanner, 'array');
  // A short array that grew by pushing has unused memory for sixteen items.
  return items.length < 16 ? items.slice() : items;
}

function faultOf(fault: XmlRpcValue): Response {
  if (isObject(fault) && !(fault instanceof Uint8Array)) {
    const { faultCode: code, faultString: text, ...more } = fault;
    if (
      typeof code === 'number' &&
      Number.isInteger(code) &&
      typeof text === 'string' &&
      Object.keys(more).length === 0
    ) {
      return { kind: 'fault', code, text };
    }
  }
  throw new DecodeError('expected a fault with only faultCode and faultString');
}

function int32(text: string): number | undefined {
  const number = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return number >= -2147483648 && number <= 2147483647 ? number : undefined;
}

function base64(text: string): Uint8Array | undefined {
  // Checked in two steps, because a pattern with groups of four would overflow the stack on long text.
  if (!/^[A-Za-z0-9+/ \t\r\n]*(?:=[ \t\r\n]*){0,2}$/.test(text)) return undefined;
  let length = 0;
  for (let index = 0; index < text.length; index++) length += text.charCodeAt(index) > 32 ? 1 : 0;
  return length % 4 === 0 ? Buffer.from(text, 'base64') : undefined;
}
