/** Reads a JSON body within limits, so that no body costs more time than its bytes are worth. */
import { InvalidInputError } from '../errors/index.ts';
import { faultIn } from './json-error.ts';

/** The limits of a body's nesting and members, because both are slow to parse. Valid inputs are far below them. */
const MAX_LEVELS = 32;
const MAX_COMMAS = 1_000;

const BYTE_ORDER_MARK = '\ufeff';

/** A body up to this length is parsed without a look at its shape. */
const SHORT = 64 * 1024;

/**
 * Parses a JSON body.
 *
 * @param text the body; a byte order mark before it is ignored (RFC 8259 section 8.1)
 * @param maxBytes the most bytes of UTF-8 that it may have, checked before it is parsed
 * @param name the body's name in an error, such as `the body`
 * @throws InvalidInputError with the HTTP status 413 if it is too large; with 400 if it is not JSON, with the
 *   line and column of the first mistake. Quotes nothing of the text
 * @example
 * parseBody('{"user":"bob"}', { maxBytes: 1_048_576, name: 'the body' }) // { user: 'bob' }
 */
export function parseBody(
  text: string,
  { maxBytes, name }: { readonly maxBytes: number; readonly name: string },
): unknown {
  demandFitting(Buffer.byteLength(text), { maxBytes, name });
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  if (json.length > SHORT) demandSimple(json, name);
  try {
    return JSON.parse(json);
  } catch {
    throw new InvalidInputError({ detail: `${name} is not JSON: ${faultIn(json)}` });
  }
}

/**
 * Refuses a body that is too large.
 *
 * @throws InvalidInputError with the HTTP status 413
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

/** Returns the index of the quotation mark that ends a string, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
