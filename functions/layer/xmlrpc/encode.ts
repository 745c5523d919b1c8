/** Writes an XML-RPC call: the form that the package `xmlrpc` gives it, with its strings filled in. */
import { EncodeError } from './errors.ts';
import { HOLE } from './hole.ts';
import { KNOWN_FORMS } from './known-forms.ts';
import { xmlProblem } from './xml-text.ts';

/** What a call may hold; numbers are 32-bit integers. */
export type Encodable = string | number | boolean | readonly Encodable[] | { readonly [name: string]: Encodable };

const MAX_DEPTH = 32;

/** A text of this length on goes as a section: entities for all its markup would cost most of a large stanza's time. */
const SECTION_FROM = 2_000;

/** Kept forms of calls; commands have a dozen. */
const MOST_FORMS = 100;

/** XML-RPC's own characters for a method, and what members of ejabberd's commands are made of. */
const NAME = /^[\w.:/-]+$/;

/** How a call's XML is written: `ISO-8859-1` where it declares that encoding, its bytes being UTF-8 all the same. */
export type Declared = 'ISO-8859-1' | undefined;

/**
 * Encodes a call.
 *
 * Each form of a call, that is its method, members and lists with a hole for each string, is written once by the package:
 * while the layer is built, or where the build does not know it, before its first call. After that a call is its form
 * with the strings filled in, for the package takes longer than all else of a small call together.
 *
 * No string changes the structure or arrives altered: the package would put one with `<` or `&` into a CDATA section of
 * which it escapes only the first end, lose carriage returns there, and send what it does not know as an empty string.
 *
 * @param method such as `get_roster`
 * @param params usually one struct
 * @returns the XML in UTF-8
 * @throws EncodeError that names the path of what can't travel, such as `params[0].nick`, and never its value
 * @example
 * await encodeCall('check_account', [{ user: 'alice', host: 'example.com' }])
 */
export async function encodeCall(method: string, params: readonly Encodable[], declared?: Declared): Promise<Buffer> {
  const { form, texts } = readCall(method, params, declared);
  const parts = forms.get(form) ?? keep(form, KNOWN_FORMS[form] ?? (await written(method, params, declared)));
  let xml = parts[0] ?? '';
  for (const [index, text] of texts.entries()) xml += escaped(text, declared) + parts[index + 1];
  return Buffer.from(xml);
}

/**
 * What the calls of a form have in common, as a key, and the strings that fill one.
 *
 * @throws EncodeError
 */
export function readCall(method: string, params: readonly Encodable[], declared: Declared) {
  if (!NAME.test(method)) throw new EncodeError('the method’s name is not one');
  const texts: string[] = [];
  const content = params.map((param, index) => readValue(param, `params[${index}]`, 0, texts)).join('');
  return { form: `${declared ?? ''} ${method} ${content}`, texts };
}

const forms = new Map<string, readonly string[]>();

function keep(form: string, xml: string): readonly string[] {
  if (forms.size >= MOST_FORMS) forms.clear();
  const parts = xml.split(HOLE);
  forms.set(form, parts);
  return parts;
}

/** The package and what it builds XML with are a tenth of a cold start, and the calls of the seven methods do without. */
async function written(method: string, params: readonly Encodable[], declared: Declared): Promise<string> {
  const { writeForm } = await import('rostbeef-layer/forms');
  return writeForm(method, params, declared);
}

/** A line feed for a carriage return is what an XML parser would make of a raw one. */
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
 * Checks that a value can travel, and takes out its strings in their order.
 *
 * @returns its form: what is left without them
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
    // Unlike map, this does not pass over holes.
    return `[${Array.from(value, (item, index) => readValue(item, `${path}[${index}]`, depth + 1, texts)).join('')}]`;
  }
  if (typeof value === 'object' && value !== null && isPlain(value)) {
    let form = '{';
    for (const [name, member] of Object.entries(value)) {
      if (!NAME.test(name)) throw new EncodeError(`${path} has a member whose name is not one`);
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
