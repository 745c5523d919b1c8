/** Parses a JSON body within limits, because deep nesting and many members are slow to parse. */
import { InvalidInputError } from '../errors/index.ts';
import { firstJsonError } from './json-error.ts';

/** Every input and every envelope is far below these limits. */
const MAX_LEVELS = 32;
const MAX_COMMAS = 1_000;

const BYTE_ORDER_MARK = '\ufeff';

/** Shorter bodies are fast to parse in any shape, so that they are not checked. */
const CHECKED_FROM = 64 * 1024;

/**
 * Parses a JSON body.
 *
 * @param text the body. A byte order mark before it is ignored (RFC 8259 section 8.1)
 * @param maxBytes the largest body, in bytes of UTF-8
 * @param name the name of the body in error messages, such as `the body`
 * @throws InvalidInputError with status 413 if the body is too large
 * @throws InvalidInputError with status 400 if the body is not JSON. The message has the line and column of the first
 *   error, and no text of the body
 * @example
 * parseBody('{"user":"bob"}', { maxBytes: 1_048_576, name: 'the body' }) // { user: 'bob' }
 */
export function parseBody(
  text: string,
  { maxBytes, name }: { readonly maxBytes: number; readonly name: string },
): unknown {
  demandFitting(Buffer.byteLength(text), { maxBytes, name });
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  if (json.length > CHECKED_FROM) demandSimple(json, name);
  try {
    return JSON.parse(json);
  } catch {
    throw new InvalidInputError({ detail: `${name} is not JSON: ${firstJsonError(json)}` });
  }
}

/**
 * Refuses a body that is too large.
 *
 * @param bytes the size of the body
 * @throws InvalidInputError with status 413
 */
export function demandFitting(
  bytes: number,
  { maxBytes, name }: { readonly maxBytes: number; readonly name: string },
): void {
  if (bytes > maxBytes) {
    throw new InvalidInputError({ status: 413, detail: `${name} must have at most ${maxBytes} bytes` });
  }
}

function demandSimple(text: string, name: string): void {
  let levels = 0;
  let commas = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index);
    else if (character === '{' || character === '[') levels += 1;
    else if (character === '}' || character === ']') levels -= 1;
    else if (character === ',') commas += 1;
    if (levels > MAX_LEVELS) throw new InvalidInputError({ detail: `${name} must nest at most ${MAX_LEVELS} levels` });
    if (commas > MAX_COMMAS) throw new InvalidInputError({ detail: `${name} must have at most ${MAX_COMMAS} members` });
  }
}

/** Returns the index of the quotation mark that ends a string, or the length of the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
