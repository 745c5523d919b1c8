/** Scans XML in one pass: the subset that XML-RPC needs, without anything that XML 1.0 forbids. */
import { isAscii, isUtf8 } from 'node:buffer';
import { DecodeError } from './errors.ts';

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;
const NONCHARACTER = /\xef\xbf[\xbe\xbf]/;
const DECLARATION =
  /<\?xml\s+version\s*=\s*(?:"1\.\d"|'1\.\d')(?:\s+encoding\s*=\s*(?:"([\w.-]+)"|'([\w.-]+)'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/y;
const ENCODINGS: readonly string[] = ['utf-8', 'utf8', 'us-ascii', 'ascii'];
const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);
/** The last short texts, by a hash of each. */
const words: (string | undefined)[] = new Array(256);
/** V8 copies a shorter slice of a string. A longer slice keeps the whole string in memory. */
const COPIED_BELOW = 13;

/**
 * A position in a document.
 *
 * It searches the bytes as Latin-1, because then an index of the string is an index of the buffer. It decodes only the
 * texts that it returns, as copies, so that none of them keeps the document in memory.
 */
export class Scanner {
  readonly #bytes: Buffer;
  readonly #text: string;
  #at = 0;
  #nextAmpersand = 0;
  #nextNonAscii: number;

  /** @throws DecodeError if the bytes are not UTF-8, or hold a character that XML 1.0 excludes */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const allAscii = isAscii(bytes);
    if (!allAscii && !isUtf8(bytes)) throw new DecodeError('the bytes are not UTF-8');
    this.#text = bytes.toString('latin1');
    for (const forbidden of allAscii ? [CONTROL] : [CONTROL, NONCHARACTER]) {
      const odd = this.#text.search(forbidden);
      if (odd >= 0) throw new DecodeError(`a character that XML excludes, at byte ${odd}`);
    }
    this.#nextNonAscii = allAscii ? -1 : this.#findNonAscii(0);
  }

  /** @throws DecodeError always */
  fail(what: string): never {
    throw new DecodeError(`${what}, at byte ${this.#at}`);
  }

  /** Skips a byte order mark and an XML declaration. */
  prolog(): void {
    if (this.#text.startsWith('\xef\xbb\xbf')) this.#at = 3;
    DECLARATION.lastIndex = this.#at;
    const declaration = DECLARATION.exec(this.#text);
    if (declaration === null) return;
    const encoding = declaration[1] ?? declaration[2] ?? 'utf-8';
    if (!ENCODINGS.includes(encoding.toLowerCase())) this.fail('expected the declared encoding UTF-8');
    this.#at = DECLARATION.lastIndex;
  }

  /** Skips exactly this markup. Returns whether it is here. */
  markup(literal: string): boolean {
    if (!this.#text.startsWith(literal, this.#at)) return false;
    this.#at += literal.length;
    return true;
  }

  /**
   * Reads plain text up to exactly this markup, and skips the markup. This is the fast path for nearly all texts. If the
   * text has other markup or references, it returns `undefined` and skips nothing.
   */
  textBefore(closing: string): string | undefined {
    const start = this.#at;
    const end = this.#plainEnd();
    if (!this.#text.startsWith(closing, end)) return undefined;
    this.#at = end + closing.length;
    return end - start < COPIED_BELOW ? this.#word(start, end) : this.#slice(start, end);
  }

  /** Skips white space and comments. */
  space(): void {
    for (;;) {
      let code = this.#text.charCodeAt(this.#at);
      while (code === 10 || code === 32 || code === 13 || code === 9) {
        this.#at += 1;
        code = this.#text.charCodeAt(this.#at);
      }
      if (code !== 60 || !this.#comment()) return;
    }
  }

  /** Skips a start tag of this name, but not an empty-element tag. Returns whether it is here. */
  open(name: string): boolean {
    return this.#tag('<', name, '>');
  }

  /** Skips an empty-element tag of this name. Returns whether it is here. */
  empty(name: string): boolean {
    return this.#tag('<', name, '/>');
  }

  /** Skips the end tag of this name. @throws DecodeError if it is not here */
  close(name: string): void {
    if (!this.#tag('</', name, '>')) this.fail(`expected </${name}>`);
  }

  /** Whether the end tag of this name is here. It skips nothing. */
  atClose(name: string): boolean {
    return this.#text.startsWith(name, this.#at + 2) && this.#text.startsWith('</', this.#at);
  }

  /** Tells whether the document ends here. */
  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Reads character data up to the next tag, including CDATA sections. It skips comments. */
  characters(): string {
    let result = '';
    for (;;) {
      const start = this.#at;
      const end = this.#text.indexOf('<', start);
      if (end < 0) this.fail('unexpected end of the document');
      if (end > start) result += this.#decoded(start, end);
      this.#at = end;
      if (this.#text.charCodeAt(end + 1) !== 33) return result;
      if (this.#text.startsWith('<![CDATA[', end)) result += this.#section();
      else if (!this.#comment()) return result;
    }
  }

  /** Returns the end of the plain text that begins here: the first character that may be markup or a reference. */
  #plainEnd(): number {
    const text = this.#text;
    let end = this.#at;
    for (;;) {
      const code = text.charCodeAt(end);
      // "]" may begin "]]>", which text must not hold. The end of the document is NaN.
      if (code === 60 || code === 38 || code === 93 || !(code >= 0)) return end;
      end += 1;
    }
  }

  /** Returns a short text. Names and most values repeat, so that recent strings are reused. */
  #word(start: number, end: number): string {
    const text = this.#text;
    const length = end - start;
    const slot = (length + 7 * text.charCodeAt(start) + 31 * text.charCodeAt(end - 1)) % words.length;
    const known = words[slot];
    if (known !== undefined && known.length === length && text.startsWith(known, start)) return known;
    const word = this.#slice(start, end);
    // Only ASCII text has as many characters as bytes.
    if (word.length === length) words[slot] = word;
    return word;
  }

  #tag(opening: string, name: string, closing: string): boolean {
    const text = this.#text;
    const afterOpening = this.#at + opening.length;
    if (!text.startsWith(name, afterOpening) || !text.startsWith(opening, this.#at)) return false;
    let end = afterOpening + name.length;
    if (!text.startsWith(closing, end)) {
      let code = text.charCodeAt(end);
      while (code === 10 || code === 32 || code === 13 || code === 9) {
        end += 1;
        code = text.charCodeAt(end);
      }
      if (!text.startsWith(closing, end)) return false;
    }
    this.#at = end + closing.length;
    return true;
  }

  #comment(): boolean {
    if (!this.#text.startsWith('<!--', this.#at)) return false;
    const end = this.#text.indexOf('--', this.#at + 4);
    if (end < 0 || this.#text.charCodeAt(end + 2) !== 62) this.fail('expected the end of a comment');
    this.#at = end + 3;
    return true;
  }

  #section(): string {
    const start = this.#at + 9;
    const end = this.#text.indexOf(']]>', start);
    if (end < 0) this.fail('expected the end of a CDATA section');
    this.#at = end + 3;
    return this.#slice(start, end);
  }

  /**
   * Decodes character data. A carriage return stays, because ejabberd does not escape those in nicks. XML 1.0 section 2.11
   * would make it a line feed.
   */
  #decoded(start: number, end: number): string {
    if (this.#text.slice(start, end).includes(']]>')) this.fail('expected no "]]>" outside of a CDATA section');
    if (this.#nextAmpersand >= 0 && this.#nextAmpersand < start) {
      this.#nextAmpersand = this.#text.indexOf('&', start);
    }
    const text = this.#slice(start, end);
    if (this.#nextAmpersand < 0 || this.#nextAmpersand >= end) return text;
    if (!OTHER_ENTITY.test(text)) return withPredefined(text);
    // In blocks, because `replace` with a callback keeps every piece of its text until the end.
    let result = '';
    for (let from = 0; from < text.length; ) {
      const to = blockEnd(text, from);
      result += text.slice(from, to).replace(ENTITY, (_, name, decimal, hexadecimal) => {
        const character =
          PREDEFINED.get(name) ?? characterOf(decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16));
        return character ?? this.fail('expected a predefined entity or a character reference');
      });
      from = to;
    }
    return result;
  }

  #slice(start: number, end: number): string {
    if (this.#nextNonAscii >= 0 && this.#nextNonAscii < start) this.#nextNonAscii = this.#findNonAscii(start);
    if (this.#nextNonAscii >= 0 && this.#nextNonAscii < end) return this.#bytes.toString('utf8', start, end);
    return end - start < COPIED_BELOW ? this.#text.slice(start, end) : this.#bytes.toString('latin1', start, end);
  }

  #findNonAscii(from: number): number {
    NON_ASCII.lastIndex = from;
    return NON_ASCII.test(this.#text) ? NON_ASCII.lastIndex - 1 : -1;
  }
}

const NON_ASCII = /[\x80-\xff]/g;
const ENTITY = /&(?:(\w+);|#(\d{1,7});|#x([\dA-Fa-f]{1,6});)?/g;
const OTHER_ENTITY = /&(?!(?:lt|gt|quot|apos|amp);)/;
const BLOCK = 65_536;
const LONGEST_ENTITY = 10;

/** Replaces the predefined entities. `&amp;` comes last, because its result may look like another entity. */
function withPredefined(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

/** Returns the end of the block that begins at `from`. It does not cut an entity. */
function blockEnd(text: string, from: number): number {
  const end = from + BLOCK;
  if (end >= text.length) return text.length;
  const ampersand = text.lastIndexOf('&', end - 1);
  return ampersand > end - LONGEST_ENTITY ? ampersand : end;
}

/** Returns the character of a code point, if XML 1.0 section 2.2 allows it. */
function characterOf(code: number): string | undefined {
  const isCharacter =
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 32 && code < 0xd800) ||
    (code > 0xdfff && code < 0xfffe) ||
    (code > 0xffff && code <= 0x10ffff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
