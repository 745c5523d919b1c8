import type { Method } from 'rostbeef-layer';

/** A command line that calls a method and works when it is pasted into a POSIX shell. */
export function curl(url: string, method: Pick<Method, 'name'>, input: unknown): string {
  return `curl -sS ${url}/${method.name} -H 'Content-Type: application/json' -d ${quote(JSON.stringify(input))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
