/** Sends one POST over HTTP/1.1. */
import * as http from 'node:http';
import type { Deadline } from '../shared/deadline.ts';
import type { Endpoint, InvocationSockets } from './endpoint.ts';
import { StaleConnectionError, TransportError } from './errors.ts';
import { answerTo } from './exchange.ts';
import type { Pool } from './pool.ts';

/** The largest head of a response. */
const MAX_HEAD_BYTES = 16 * 1024;

/** One request. */
export interface Post {
  /** The text of the body, which is sent in UTF-8. */
  readonly body: string;
  /** Ends the request. */
  readonly deadline: Deadline;
  /** Whether the request may be sent twice, and so over a kept connection, which may be broken. */
  readonly idempotent: boolean;
  readonly sockets: InvocationSockets;
  /** Whether to use a new connection. */
  readonly fresh?: boolean | undefined;
  /** Whether to send an idempotent request only once, even if a kept connection breaks. */
  readonly once?: boolean | undefined;
}

/**
 * Sends a body, and returns the body of the response.
 *
 * It settles once, at the latest when the deadline ends. A kept connection may break before the first byte of the response. An
 * idempotent request is then repeated once on a new connection. No other request is sent twice.
 *
 * @throws TransportError if there is no valid response with status 200
 * @example
 * const body = await post(endpoint, { body: '<methodCall/>', deadline, idempotent: true, sockets });
 */
export async function post(endpoint: Endpoint, request: Post): Promise<Buffer> {
  const { kept, single } = endpoint;
  // One pool carries all requests to a classic server, so that it never gets more connections than it accepts.
  if (endpoint.isClassic) return exchange(endpoint, request, kept);
  if (request.fresh) return exchange(endpoint, request, single);
  if (!request.idempotent) return exchange(endpoint, request, request.sockets.pool);
  try {
    return await exchange(endpoint, request, kept);
  } catch (error) {
    if (request.once || !(error instanceof StaleConnectionError)) throw error;
    // A freeze, or a restart of the server, ended the other idle connections too.
    kept.destroyIdle();
    if (error.kind === 'timeout') throw error;
    return exchange(endpoint, request, kept).catch(sentBefore);
  }
}

/** Marks a failed repetition as sent, because the first request may have reached the server over the broken connection. */
function sentBefore(error: unknown): never {
  if (!(error instanceof TransportError) || error.sent) throw error;
  const kind = error.kind === 'unreachable' ? 'lost' : error.kind;
  throw new TransportError(kind, true, kind === 'lost' ? 'the connection broke' : error.message, error.code);
}

async function exchange(endpoint: Endpoint, { body, deadline }: Post, pool: Pool): Promise<Buffer> {
  await pool.take(deadline);
  const { url, target, resumption } = endpoint;
  const options: http.RequestOptions & { readonly session: Buffer | undefined } = {
    ...target,
    method: 'POST',
    agent: pool.agent,
    session: resumption.session,
    maxHeaderSize: MAX_HEAD_BYTES,
    insecureHTTPParser: false,
    // An array, because Node.js sends it unchanged. Classic servers require header names in Title-Case.
    headers: [
      ...['Host', url.host, 'User-Agent', 'rostbeef-functions', 'Content-Type', 'text/xml'],
      ...['Content-Length', String(Buffer.byteLength(body)), 'Connection', pool.keepAlive ? 'keep-alive' : 'close'],
    ],
  };
  const request = http.request(options);
  request.once('close', pool.release);
  const answer = answerTo(request, endpoint, deadline);
  // Node.js sends a string in one write with the head. A classic server waits only 50 ms for the body.
  request.end(body);
  return answer;
}
