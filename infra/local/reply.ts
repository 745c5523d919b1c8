import { STATUS_CODES } from 'node:http';

/** An HTTP answer, whole. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | string;
}

/** The gateway's own refusals, as RFC 9457 has them. Those of the functions have a `type` and a `name` beside. */
export function problem(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Reply {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, detail }),
  };
}
