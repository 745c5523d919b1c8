/**
 * Shortens a function’s log line for a terminal. Times and request ids are left out, because the reader sees the lines as they
 * are written.
 *
 * @param functionName goes in front of the line
 * @param line a line of JSON, or any other text
 */
export function terminalLine(functionName: string, line: string): string {
  return `${functionName}  ${callLine(line) ?? line.replace(/^\S+Z\t\S+\t(?=[A-Z]+\t)/, '').replaceAll('\t', ' ')}`;
}

/** Shortens the log line of a call, or a warning. */
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
