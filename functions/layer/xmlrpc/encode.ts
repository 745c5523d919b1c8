/** Encodes an XML-RPC call: the form that the package `xmlrpc` writes for it, with the strings filled in. */
import { EncodeError } from './errors.ts';
import { xmlProblem } from './xml-text.ts';

/** A value of a call. Numbers are 32-bit integers. */
export type Encodable = string | number | boolean | readonly Encodable[] | { readonly [name: string]: Encodable };

const MAX_DEPTH = 32;

/** Texts of at least this length become CDATA sections, because entities would take most of a large stanza's time. */
const SECTION_FROM = 2_000;

/** The most forms that are kept. The commands have about 30. */
const MOST_FORMS = 100;

/** The characters that XML-RPC allows in a method's name, and those of the members of ejabberd's commands. */
const NAME = /^[\w.:/-]+$/;

/** The encoding that the XML declares. Its bytes are UTF-8 in any case. */
export type Declared = 'ISO-8859-1' | undefined;

/**
 * Writes the form of a call: its XML, split where each string belongs.
 *
 * @param params their strings are left out
 */
export type WriteForm = (method: string, params: readonly Encodable[], declared: Declared) => readonly string[];

/**
 * Encodes a call.
 *
 * @param method such as `get_roster`
 * @param params usually one struct
 * @returns the XML in UTF-8
 * @throws EncodeError if a value can't travel. It names the path, such as `params[0].nick`, and never the value
 */
export type Encode = (method: string, params: readonly Encodable[], declared?: Declared) => Buffer;

/**
 * Creates an encoder.
 *
 * The package `xmlrpc` writes each form of a call once: its method, members and lists, with a hole for each string. Later
 * calls of that form only fill in their strings, because the package takes longer than everything else in a small call.
 *
 * No string changes the structure or arrives altered. The package itself is not safe: it puts a string with `<` or `&`
 * into a CDATA section, of which it escapes only the first end, and loses carriage returns there.
 *
 * @param writeForm writes the forms
 * @example
 * const encode = createEncoder(writeForm);
 * encode('check_account', [{ user: 'alice', host: 'example.com' }]);
 */
export function createEncoder(writeForm: WriteForm): Encode {
  const forms = new Map<string, readonly string[]>();
  const written: WriteForm = (...call) => {
    if (forms.size >= MOST_FORMS) forms.clear();
    return writeForm(...call);
  };
  return (method, params, declared) => {
    const { key, texts } = readCall(method, params, declared);
    const form = forms.get(key) ?? written(method, params, declared);
    forms.set(key, form);
    let xml = form[0] ?? '';
    for (const [index, text] of texts.entries()) xml += escaped(text, declared) + form[index + 1];
    return Buffer.from(xml);
  };
}

/** Returns the key of the call's form, and the strings that fill it. */
function readCall(method: string, params: readonly Encodable[], declared: Declared) {
  if (!NAME.test(method)) throw new EncodeError('the method’s name is not valid');
  const texts: string[] = [];
  const content = params.map((param, index) => readValue(param, `params[${index}]`, 0, texts)).join('');
  return { key: `${declared ?? ''} ${method} ${content}`, texts };
}

/** A carriage return becomes a character reference, because an XML parser reads a raw one as a line feed. */
function escaped(text: string, declared: Declared): string {
  if (!/[&<>\r]/.test(text)) return text;
  if (text.length >= SECTION_FROM && declared === undefined && !text.includes('\r')) return section(text);
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}

/** A CDATA section, ended and begun again at each end mark in the text. It can't hold a carriage return. */
function section(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

/**
 * Checks that a value can travel, and collects its strings in their order.
 *
 * @returns what the value's form depends on: everything but the strings
 */
function readValue(value: unknown, path: string, depth: number, texts: string[]): string {
  if (typeof value === 'string') {
    const problem = xmlProblem(value);
    if (problem !== undefined) throw new EncodeError(`${path} ${problem}`);
    texts.push(value);
    return 's';
  }
  if (depth > MAX_DEPTH) throw new EncodeError(`${path} is nested too deep`);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && value === (value | 0)) return `${value} `;
  if (Array.isArray(value)) {
    // `map` would skip the holes of a sparse array.
    return `[${Array.from(value, (item, index) => readValue(item, `${path}[${index}]`, depth + 1, texts)).join('')}]`;
  }
  if (typeof value === 'object' && value !== null && isPlain(value)) {
    let form = '{';
    for (const [name, member] of Object.entries(value)) {
      if (!NAME.test(name)) throw new EncodeError(`${path} has a member whose name is not valid`);
      form += `${name}=${readValue(member, `${path}.${name}`, depth + 1, texts)}`;
    }
    return `${form}}`;
  }
  throw new EncodeError(`${path} is of a type that XML-RPC does not have`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
