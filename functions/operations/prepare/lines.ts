/** Splits a stream into lines. It holds one line at a time. */

/** A line, or the reason why it can't be read. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly problem: string };

const LINE_FEED = 10;

/**
 * Reads lines of UTF-8. Blank lines are counted, but not returned. A byte order mark and a carriage return are removed.
 *
 * The bytes of a line that is too long are not kept, so that memory stays bounded.
 *
 * @param chunks the stream in pieces of any size
 * @param maxBytes the largest line in bytes, including a carriage return
 * @example
 * for await (const line of linesOf([Buffer.from('one\n\ntwo')], 1000)) console.log(line.number) // 1, 3
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Line> {
  let number = 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  const add = (part: Uint8Array) => {
    length += part.length;
    if (length <= maxBytes) parts.push(part);
    else parts = [];
  };
  const take = (): Line | undefined => {
    const line = lineOf(number, parts, length, maxBytes);
    number += 1;
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line !== undefined) yield line;
    }
    add(chunk.subarray(start));
  }
  const last = take();
  if (last !== undefined) yield last;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function lineOf(number: number, parts: readonly Uint8Array[], length: number, maxBytes: number): Line | undefined {
  if (length > maxBytes) return { number, problem: `has more than ${maxBytes} bytes` };
  try {
    const text = decoder.decode(Buffer.concat(parts)).replace(/\r$/, '');
    return text.trim() === '' ? undefined : { number, text };
  } catch {
    return { number, problem: 'is not UTF-8' };
  }
}
