/** Reads an XML-RPC call, as clients of any age write it. */
import { SaxesParser } from 'saxes';

/** A value of a call. What is not a string keeps the text in which it came. */
export type Value = string | readonly Value[] | { readonly [name: string]: Value };

/** A call. */
export interface Call {
  readonly method: string;
  readonly params: readonly Value[];
}

/** A body that is not a call. */
export class NotXmlRpcError extends Error {
  override readonly name = 'NotXmlRpcError';
}

const MAX_DEPTH = 32;

/**
 * Reads a call.
 *
 * @param body the bytes of the HTTP body
 * @throws NotXmlRpcError that quotes nothing
 */
export function decodeCall(body: Uint8Array): Call {
  const { text, isLatin1 } = textOf(body);
  const root = treeOf(text);
  const call = only(root, 'methodCall');
  const method = only(call, 'methodName').text.trim();
  const params = call.children.find(({ name }) => name === 'params')?.children ?? [];
  const fix = isLatin1 ? utf8In : (string: string) => string;
  return { method, params: params.map((param) => valueIn(only(param, 'value'), fix)) };
}

/**
 * The text of a body. Clients of 2008 declare ISO-8859-1, and send UTF-8 in it, as bytes or as references to bytes; what
 * is not valid UTF-8 is ISO-8859-1, whatever is declared.
 */
function textOf(body: Uint8Array): { readonly text: string; readonly isLatin1: boolean } {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const declaration = /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)["']/i.exec(bytes.subarray(0, 200).toString('latin1'));
  const isLatin1 = /^(?:iso-8859-1|latin-?1|windows-1252)$/i.test(declaration?.[1] ?? '');
  if (isLatin1) return { text: bytes.toString('latin1'), isLatin1 };
  return utf8Of(bytes) ?? { text: bytes.toString('latin1'), isLatin1: true };
}

function utf8Of(bytes: Buffer): { readonly text: string; readonly isLatin1: boolean } | undefined {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isLatin1: false };
  } catch {
    return undefined;
  }
}

/** A string of bytes as the UTF-8 that it holds, if it does. */
function utf8In(string: string): string {
  if (/[^\u0000-\u00ff]/.test(string)) return string;
  return utf8Of(Buffer.from(string, 'latin1'))?.text ?? string;
}

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

function treeOf(text: string): Element {
  const document: Element = { name: '', children: [], text: '' };
  const open = [document];
  const parser = new SaxesParser();
  const refuse = (message: string): never => {
    throw new NotXmlRpcError(message);
  };
  parser.on('error', () => refuse('expected well-formed XML'));
  parser.on('doctype', () => refuse('expected XML without a document type'));
  parser.on('opentag', ({ name }) => {
    if (open.length > MAX_DEPTH) refuse(`expected at most ${MAX_DEPTH} levels`);
    const element = { name, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const append = (piece: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => open.pop());
  parser.write(text).close();
  return document;
}

function only({ children, name }: Element, wanted: string): Element {
  const found = children.filter((child) => child.name === wanted);
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new NotXmlRpcError(`expected one <${wanted}>${name === '' ? '' : ` in <${name}>`}`);
  }
  return first;
}

/** The types whose text counts as it is: the methods take strings, and refuse others by what they hold. */
const SCALARS: readonly string[] = ['string', 'int', 'i4', 'i8', 'boolean', 'double', 'dateTime.iso8601', 'base64'];

function valueIn({ children, text }: Element, fix: (string: string) => string): Value {
  const [typed, ...more] = children;
  if (typed === undefined) return fix(text);
  if (more.length > 0) throw new NotXmlRpcError('expected one type in <value>');
  if (SCALARS.includes(typed.name)) return fix(typed.text);
  if (typed.name === 'array') {
    const [data] = typed.children;
    return (data?.children ?? []).map((value) => valueIn(value, fix));
  }
  if (typed.name !== 'struct') throw new NotXmlRpcError('expected a type of XML-RPC');
  const members = typed.children.map((member) => {
    const name = only(member, 'name').text;
    if (name === '__proto__') throw new NotXmlRpcError('expected another name of a member');
    return [name, valueIn(only(member, 'value'), fix)] as const;
  });
  return Object.fromEntries(members);
}
