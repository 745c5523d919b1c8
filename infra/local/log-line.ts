/**
 * A function's log line, shortened for a terminal: what Lambda's log groups are searched by (times, request ids) says
 * nothing to somebody who sees the lines come.
 */
export function terminalLine(functionName: string, line: string): string {
  return `${functionName}  ${callLine(line) ?? line.replace(/^\S+Z\t\S+\t(?=[A-Z]+\t)/, '').replaceAll('\t', ' ')}`;
}

/** The line that the functions write for each call, and the warnings that belong to none. */
function callLine(line: string): string | undefined {
  const call = parseObject(line);
  if (call?.['level'] === 'WARN' && typeof call['message'] === 'string') return `WARN ${call['message']}`;
  if (!call || !('outcome' in call)) return undefined;
  const { level, door, outcome, durationMs, error } = call;
  const message = typeof error === 'object' && error !== null && 'message' in error ? `  ${error.message}` : '';
  return `${level} ${door} ${outcome} ${durationMs} ms${message}`;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
