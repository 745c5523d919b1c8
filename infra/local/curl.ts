import type { Method } from 'rostbeef-layer';

/** Returns a command for a POSIX shell that calls a method. */
export function curl(url: string, method: Pick<Method, 'name'>, input: unknown): string {
  return `curl -sS ${url}/${method.name} -H 'Content-Type: application/json' -d ${quote(JSON.stringify(input))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
