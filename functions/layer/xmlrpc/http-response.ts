/** Reads one HTTP response with status 200 as it comes, and refuses every other as soon as it shows. */
import { TransportError } from './errors.ts';
import { checkTrailer, headOf, notHttp, type ResponseHead } from './http-head.ts';

/** The most bytes of a head, as Node.js' own client has it; also of a chunk's size, and of all trailers. */
const MAX_HEAD_BYTES = 16 * 1024;

const END_OF_HEAD = '\r\n\r\n';
const CHUNK_SIZE = /^([\da-f]{1,8})(?:;[\w!#$%&'*+.^`|~-]+(?:=[\w!#$%&'*+.^`|~-]+)?)*$/i;

/** What the next bytes are of. */
type Place = 'head' | 'body' | 'chunk size' | 'chunk end' | 'trailer' | 'whole';

/**
 * The reader of one response.
 *
 * @example
 * const reader = new ResponseReader(1_000_000);
 * socket.on('data', (chunk) => {
 *   if (reader.read(chunk)) use(reader.body);
 * });
 */
export class ResponseReader {
  readonly #maxBytes: number;
  #place: Place = 'head';
  /** The beginning of a head or line whose end has not come. */
  #text = '';
  #head: ResponseHead | undefined;
  /** Bytes of the body, or of the chunk, that are due; infinite up to the connection's end. */
  #due = 0;
  #body: Buffer = Buffer.alloc(0);
  #size = 0;
  #hasMore = false;
  #trailerBytes = 0;
  #isUntouched = true;

  /** @param maxBytes the most bytes of a body */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether not one byte has come. */
  get isUntouched(): boolean {
    return this.#isUntouched;
  }

  /** The body so far. It may share its memory with the chunk that was read. */
  get body(): Buffer {
    return this.#size === this.#body.length ? this.#body : this.#body.subarray(0, this.#size);
  }

  /** Whether the connection may carry another exchange: the server keeps it, and nothing came that was not asked for. */
  get isReusable(): boolean {
    return this.#place === 'whole' && this.#head?.isKept === true && this.#due === 0 && !this.#hasMore;
  }

  /**
   * Takes the next bytes.
   *
   * @returns whether the response is whole
   * @throws TransportError of the kind `malformed`
   */
  read(chunk: Buffer): boolean {
    this.#isUntouched = false;
    let at = 0;
    while (at < chunk.length && this.#place !== 'whole') {
      if (this.#place === 'head') at = this.#readHead(chunk, at);
      else if (this.#place === 'body') at = this.#readBody(chunk, at);
      else at = this.#readLine(chunk, at);
    }
    this.#hasMore ||= at < chunk.length;
    return this.#place === 'whole';
  }

  /**
   * Takes the connection's end, which ends a body of no stated length.
   *
   * @returns whether the response is whole
   */
  end(): boolean {
    if (this.#due === Number.POSITIVE_INFINITY) this.#place = 'whole';
    return this.#place === 'whole';
  }

  #readHead(chunk: Buffer, at: number): number {
    const known = this.#text.length;
    const found = known === 0 ? chunk.indexOf(END_OF_HEAD, at) : -1;
    const upTo = found < 0 ? chunk.length : found + END_OF_HEAD.length;
    const text = this.#text + chunk.toString('latin1', at, Math.min(upTo, at + MAX_HEAD_BYTES + 1));
    if (!text.startsWith('HTTP/1.'.slice(0, text.length))) throw notHttp('no status line');
    const end = text.indexOf(END_OF_HEAD, Math.max(0, known - END_OF_HEAD.length));
    const length = end < 0 ? text.length : end + END_OF_HEAD.length;
    if (length > MAX_HEAD_BYTES) throw notHttp('its head is too long');
    if (end < 0) {
      this.#text = text;
      return chunk.length;
    }
    this.#text = '';
    this.#takeHead(headOf(text.slice(0, end)));
    return at + length - known;
  }

  #takeHead(head: ResponseHead): void {
    const { status, length, isChunked, isEncoded } = head;
    if (status === 101) throw new TransportError('malformed', true, 'the server switches protocols');
    // What goes before the response, such as 100 Continue, says nothing of it.
    if (status < 200) return;
    if (status !== 200) throw new TransportError('malformed', true, `HTTP status ${status}`, undefined, status);
    if (isEncoded) throw new TransportError('malformed', true, 'a content encoding');
    if (length !== undefined && length > this.#maxBytes) throw this.#tooLarge();
    this.#head = head;
    this.#due = isChunked ? 0 : (length ?? Number.POSITIVE_INFINITY);
    if (isChunked) this.#place = 'chunk size';
    else this.#place = length === 0 ? 'whole' : 'body';
  }

  #readBody(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#due);
    this.#append(chunk.subarray(at, end));
    this.#due -= end - at;
    if (this.#due === 0) this.#place = this.#head?.isChunked ? 'chunk end' : 'whole';
    return end;
  }

  /** What comes in one piece is not copied. Else there is room for twice as much, but for no more than is due. */
  #append(bytes: Buffer): void {
    const size = this.#size + bytes.length;
    if (size > this.#maxBytes) throw this.#tooLarge();
    if (bytes.length === this.#head?.length) {
      this.#body = bytes;
    } else {
      if (size > this.#body.length) {
        const most = this.#head?.length ?? this.#maxBytes;
        const larger = Buffer.allocUnsafeSlow(Math.max(size, Math.min(2 * this.#body.length, most)));
        this.#body.copy(larger, 0, 0, this.#size);
        this.#body = larger;
      }
      bytes.copy(this.#body, this.#size);
    }
    this.#size = size;
  }

  #readLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(10, at) + 1 || chunk.length;
    this.#text += chunk.toString('latin1', at, Math.min(end, at + MAX_HEAD_BYTES + 1));
    if (this.#text.length > MAX_HEAD_BYTES) throw notHttp('a line is too long');
    if (!this.#text.endsWith('\n')) return end;
    const line = this.#text;
    this.#text = '';
    this.#takeLine(line);
    return end;
  }

  #takeLine(line: string): void {
    if (!line.endsWith('\r\n')) throw notHttp('a line does not end with CR LF');
    const isEmpty = line === '\r\n';
    if (this.#place === 'chunk size') {
      const size = CHUNK_SIZE.exec(line.slice(0, -2))?.[1];
      if (size === undefined) throw notHttp('a chunk has no size');
      this.#due = Number.parseInt(size, 16);
      this.#place = this.#due === 0 ? 'trailer' : 'body';
    } else if (this.#place === 'chunk end') {
      if (!isEmpty) throw notHttp('a chunk is longer than its size');
      this.#place = 'chunk size';
    } else if (isEmpty) {
      this.#place = 'whole';
    } else {
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > MAX_HEAD_BYTES) throw notHttp('its trailers are too long');
      checkTrailer(line.slice(0, -2));
    }
  }

  #tooLarge(): TransportError {
    return new TransportError('oversized', true, `a body of more than ${this.#maxBytes} bytes`);
  }
}
