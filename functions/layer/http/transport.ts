/** Sends one POST over HTTP/1.1. */
import * as http from 'node:http';
import type { ConnectionOptions } from 'node:tls';
import type { Deadline } from '../shared/deadline.ts';
import type { Endpoint, InvocationSockets } from './endpoint.ts';
import { StaleConnectionError, TransportError } from './errors.ts';
import { answerTo } from './exchange.ts';
import type { Pool } from './pool.ts';

/** The largest head of a response. */
const MAX_HEAD_BYTES = 16 * 1024;

/** The options of one request. */
export interface PostOptions {
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
 * @param body the text to send in UTF-8
 * @throws TransportError if there is no valid response with status 200
 * @example
 * const body = await post(endpoint, '<methodCall/>', { deadline, idempotent: true, sockets });
 */
export async function post(endpoint: Endpoint, body: string, options: PostOptions): Promise<Buffer> {
  const { kept, single } = endpoint;
  const { deadline, idempotent, sockets, fresh, once } = options;
  // One pool carries all requests to a classic server, so that it never gets more connections than it accepts.
  if (endpoint.isClassic) return exchange(endpoint, body, kept, deadline);
  if (fresh) return exchange(endpoint, body, single, deadline);
  if (!idempotent) return exchange(endpoint, body, sockets.pool, deadline);
  try {
    return await exchange(endpoint, body, kept, deadline);
  } catch (error) {
    if (once || !(error instanceof StaleConnectionError)) throw error;
    // A freeze, or a restart of the server, ended the other idle connections too.
    kept.destroyIdle();
    if (error.kind === 'timeout') throw error;
    return exchange(endpoint, body, kept, deadline).catch(sentBefore);
  }
}

/** Marks a failed repetition as sent, because the first request may have reached the server over the broken connection. */
function sentBefore(error: unknown): never {
  if (!(error instanceof TransportError) || error.sent) throw error;
  const kind = error.kind === 'unreachable' ? 'lost' : error.kind;
  throw new TransportError(kind, true, kind === 'lost' ? 'the connection broke' : error.message, error.code);
}

async function exchange(endpoint: Endpoint, body: string, pool: Pool, deadline: Deadline): Promise<Buffer> {
  await pool.take(deadline);
  const request = createRequest(endpoint, body, pool);
  const answer = answerTo(request, endpoint, deadline);
  // Node.js sends a string in one write with the head. A classic server waits only 50 ms for the body.
  request.end(body);
  return answer;
}

/** Creates a request. It returns its slot to the pool when it closes, or at once if Node.js refuses the settings of TLS. */
function createRequest(endpoint: Endpoint, body: string, pool: Pool): http.ClientRequest {
  const { target, headers, resumption, secureContext } = endpoint;
  try {
    const options: http.RequestOptions & Pick<ConnectionOptions, 'session' | 'secureContext'> = {
      ...target,
      method: 'POST',
      agent: pool.agent,
      session: resumption.session,
      secureContext: secureContext(),
      maxHeaderSize: MAX_HEAD_BYTES,
      insecureHTTPParser: false,
      // An array, because Node.js sends it unchanged. Classic servers require header names in Title-Case.
      headers: [
        ...headers,
        ...['Content-Length', String(Buffer.byteLength(body)), 'Connection', pool.keepAlive ? 'keep-alive' : 'close'],
      ],
    };
    return http.request(options).once('close', pool.release);
  } catch (error) {
    pool.release();
    throw error;
  }
}
