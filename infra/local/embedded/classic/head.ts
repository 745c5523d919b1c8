/** The head of a request as `xmlrpc-erlang` 1.13 reads it, by the letter where HTTP would not. */

/** The status that refuses a head. */
export type HeadProblem = 400 | 411 | 415 | 501 | 505;

/** What a head says, or the status that refuses it. */
export function readHead(
  head: string,
  contentTypes: readonly string[],
): { readonly contentLength: number } | HeadProblem {
  const [requestLine = '', ...lines] = head.split('\r\n');
  const [method, , version = ''] = requestLine.split(' ');
  if (!/^HTTP\/1\.[01]$/.test(version)) return 505;
  if (method !== 'POST') return 501;
  // Lower-case names are unknown to it, and so is a value without just one space before it.
  const contentLength = headerOf(lines, /^Content-[Ll]ength: (\d+)$/);
  if (contentLength === undefined) return 411;
  const contentType = headerOf(lines, /^Content-Type: (\S.*)$/);
  if (contentType === undefined || headerOf(lines, /^User-Agent: (\S.*)$/) === undefined) return 400;
  return contentTypes.includes(contentType) ? { contentLength: Number(contentLength) } : 415;
}

function headerOf(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line)?.[1]).find((value) => value !== undefined);
}
