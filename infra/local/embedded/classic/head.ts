/** Reads the head of a request as `xmlrpc-erlang` 1.13 does, which is stricter than HTTP. */

/** The status that refuses a head. */
export type HeadProblem = 400 | 411 | 415 | 501 | 505;

/** Returns the length of the body, or the status that refuses the head. */
export function readHead(
  head: string,
  contentTypes: readonly string[],
): { readonly contentLength: number } | HeadProblem {
  const [requestLine = '', ...lines] = head.split('\r\n');
  const [method, , version = ''] = requestLine.split(' ');
  if (!/^HTTP\/1\.[01]$/.test(version)) return 505;
  if (method !== 'POST') return 501;
  // Names are case-sensitive, and a value must follow exactly one space.
  const contentLength = headerOf(lines, /^Content-[Ll]ength: (\d+)$/);
  if (contentLength === undefined) return 411;
  const contentType = headerOf(lines, /^Content-Type: (\S.*)$/);
  if (contentType === undefined || headerOf(lines, /^User-Agent: (\S.*)$/) === undefined) return 400;
  return contentTypes.includes(contentType) ? { contentLength: Number(contentLength) } : 415;
}

function headerOf(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line)?.[1]).find((value) => value !== undefined);
}
