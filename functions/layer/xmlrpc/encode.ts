/** Encodes XML-RPC calls: the package `xmlrpc` writes a form for each kind of call, and the encoder fills in the strings. */
import { EncodeError } from './errors.ts';
import { xmlProblem } from './xml-text.ts';

/** A value of a call. A number must be a 32-bit integer. */
export type Encodable = string | number | boolean | readonly Encodable[] | { readonly [name: string]: Encodable };

/** The most levels of structs and lists around a value. */
const MAX_DEPTH = 32;

/** Strings from this length become CDATA sections, because escaping a large stanza is slow. */
const SECTION_FROM = 2_000;

/** The most forms that are kept. The commands need about 30. */
const MAX_FORMS = 100;

/** The characters that XML-RPC allows in the name of a method. ejabberd's members use the same. */
const NAME = /^[\w.:/-]+$/;

/** The encoding in the XML declaration. The bytes are UTF-8 in any case. */
type Declared = 'ISO-8859-1' | undefined;

/**
 * Writes the form of a call: its XML, split at the position of each string.
 *
 * @param params the parameters, whose strings are left out
 */
export type WriteForm = (method: string, params: readonly Encodable[], declared: Declared) => readonly string[];

/**
 * Encodes a call.
 *
 * @param method such as `get_roster`
 * @param params usually one struct
 * @returns the XML, which is sent in UTF-8
 * @throws EncodeError if a value can't be encoded. The message has its path, such as `params[0].nick`, and not the value
 */
export type Encode = (method: string, params: readonly Encodable[], declared?: Declared) => string;

/**
 * Creates an encoder.
 *
 * The package `xmlrpc` writes each form of a call once: its method, members and lists, with a hole for each string. Later
 * calls of that form only fill in their strings, because the package is the slowest part of a small call.
 *
 * The encoder escapes all strings itself. The package puts a string with `<` or `&` into a CDATA section. There it escapes
 * only the first `]]>`, and loses carriage returns.
 *
 * @param writeForm writes the forms
 * @example
 * const encode = createEncoder(writeForm);
 * encode('check_account', [{ user: 'alice', host: 'example.com' }]);
 */
export function createEncoder(writeForm: WriteForm): Encode {
  const forms = new Map<string, readonly string[]>();
  const written: WriteForm = (...call) => {
    if (forms.size >= MAX_FORMS) forms.clear();
    return writeForm(...call);
  };
  return (method, params, declared) => {
    const { key, texts } = readCall(method, params, declared);
    const form = forms.get(key) ?? written(method, params, declared);
    forms.set(key, form);
    let xml = form[0] ?? '';
    for (const [index, text] of texts.entries()) xml += escaped(text, declared) + form[index + 1];
    return xml;
  };
}

/** Returns the key of the call's form, and the strings that fill it. */
function readCall(method: string, params: readonly Encodable[], declared: Declared) {
  if (!NAME.test(method)) throw new EncodeError('the method’s name is not valid');
  const texts: string[] = [];
  const content = readItems(params, [], texts);
  return { key: `${declared ?? ''} ${method} ${content}`, texts };
}

/** A carriage return becomes a character reference, because an XML parser reads a raw one as a line feed. */
function escaped(text: string, declared: Declared): string {
  if (!/[&<>\r]/.test(text)) return text;
  if (text.length >= SECTION_FROM && declared === undefined && !text.includes('\r')) return section(text);
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}

/** Writes a CDATA section, and splits it at each `]]>` in the text. It can't hold a carriage return. */
function section(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

/** The position of a value: an index or a member's name for each level. */
type Path = (string | number)[];

/**
 * Validates a value, and collects its strings in their order.
 *
 * @returns a key of the value's form. It depends on everything except the strings
 */
function readValue(value: unknown, path: Path, texts: string[]): string {
  if (typeof value === 'string') {
    const problem = xmlProblem(value);
    if (problem !== undefined) fail(path, problem);
    texts.push(value);
    return 's';
  }
  // The first part of the path is the index of the parameter.
  if (path.length - 1 > MAX_DEPTH) fail(path, `is nested more than ${MAX_DEPTH} levels deep`);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && value === (value | 0)) return `${value} `;
  if (Array.isArray(value)) return `[${readItems(value, path, texts)}]`;
  if (typeof value === 'object' && value !== null && isPlain(value)) return `{${readMembers(value, path, texts)}}`;
  return fail(path, 'has a type that XML-RPC does not have');
}

function readItems(items: readonly unknown[], path: Path, texts: string[]): string {
  let form = '';
  // By index, so that the holes of a sparse array are visited.
  for (let index = 0; index < items.length; index += 1) {
    path.push(index);
    form += readValue(items[index], path, texts);
    path.pop();
  }
  return form;
}

function readMembers(members: object, path: Path, texts: string[]): string {
  let form = '';
  for (const [name, member] of Object.entries(members)) {
    if (!NAME.test(name)) fail(path, 'has a member whose name is not valid');
    path.push(name);
    form += `${name}=${readValue(member, path, texts)}`;
    path.pop();
  }
  return form;
}

/** @throws EncodeError always */
function fail(path: Path, problem: string): never {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  throw new EncodeError(`params${place} ${problem}`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
