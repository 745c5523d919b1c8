/** One POST: the only file that opens sockets. */
import * as http from 'node:http';
import type * as https from 'node:https';
import { setImmediate } from 'node:timers/promises';
import { urlToHttpOptions } from 'node:url';
import { TransportError, type TransportFailure } from './errors.ts';

/** Where the server is, and how it is reached. */
export interface EndpointOptions {
  readonly url: URL;
  /** Certificates of the authority to trust, in PEM; without it, those that Node.js trusts. */
  readonly ca: string | undefined;
  /** The most bytes of an answer's body. */
  readonly maxResponseBytes: number;
  /** The most connections at a time. */
  readonly maxSockets: number;
  /**
   * Whether the server has `xmlrpc-erlang` 1.13, as all before 2014: it ends the connection with each answer, takes UTF-8
   * only as the bytes of a declared ISO-8859-1, and gives those bytes back without a declaration.
   */
  readonly isLegacy?: boolean;
}

/** A server, with the connections that are kept to it between invocations. */
export interface Endpoint extends EndpointOptions {
  /** Carries idempotent requests alone: a frozen Lambda wakes to sockets that died meanwhile. */
  readonly keptAgent: http.Agent;
  /** What every request to it has. */
  readonly target: https.RequestOptions;
}

/**
 * Prepares an endpoint; nothing is connected yet.
 *
 * @example
 * createEndpoint({ url: new URL('http://127.0.0.1:4560/'), ca: undefined, maxResponseBytes: 1e6, maxSockets: 10 })
 */
export function createEndpoint(options: EndpointOptions): Endpoint {
  const target = { ...urlToHttpOptions(options.url), method: 'POST', ca: options.ca };
  return { ...options, keptAgent: agentFor(options), target };
}

/** The connections of one invocation, for requests that must not meet a socket that died since the last. */
export class InvocationSockets {
  #agent: http.Agent | undefined;
  #caughtUp: Promise<unknown> | undefined;

  /** Whatever came over idle connections during a freeze, their end or an answer that nobody asked for, has been seen. */
  caughtUp(): Promise<unknown> {
    this.#caughtUp ??= setImmediate();
    return this.#caughtUp;
  }

  /** An agent whose sockets are all fresh or have answered in this invocation. */
  agentOf(endpoint: Endpoint): http.Agent {
    this.#agent ??= agentFor(endpoint);
    return this.#agent;
  }

  /** Ends the invocation's connections. */
  close(): void {
    this.#agent?.destroy();
  }
}

/** One request. */
export interface Post {
  readonly body: Buffer;
  readonly signal: AbortSignal;
  /** Whether the request may be sent again, and over a connection that may have died. */
  readonly idempotent: boolean;
  readonly sockets: InvocationSockets;
  /** Over a connection that carried nothing before. */
  readonly fresh?: boolean | undefined;
}

/**
 * Sends a body and resolves to the answer's.
 *
 * Settles once, when the signal fires at the latest. A kept connection that dies before any byte of the answer is
 * replaced once, for an idempotent request; no other request is ever sent twice.
 *
 * @throws TransportError
 */
export async function post(endpoint: Endpoint, request: Post): Promise<Buffer> {
  // One agent carries all that a legacy server gets, so that it never meets more connections than it takes.
  if (endpoint.isLegacy) return exchange(endpoint, request, endpoint.keptAgent);
  if (request.fresh) return exchange(endpoint, request, false);
  if (!request.idempotent) return exchange(endpoint, request, request.sockets.agentOf(endpoint));
  await request.sockets.caughtUp();
  try {
    return await exchange(endpoint, request, endpoint.keptAgent);
  } catch (error) {
    if (!(error instanceof StaleSocketError)) throw error;
    // What ended one idle connection, a freeze or the server's restart, ended the others too.
    for (const socket of Object.values(endpoint.keptAgent.freeSockets).flat()) socket?.destroy();
    if (error.kind === 'timeout') throw error;
    return exchange(endpoint, request, false, true);
  }
}

/** Connections that are there; one that a request had to wait for does not count as reused to Node.js. */
const ready = new WeakSet<object>();

/** A kept connection turned out to be dead, or gave no answer at all. */
class StaleSocketError extends TransportError {}

function agentFor({ url, ca, maxSockets, isLegacy }: EndpointOptions): http.Agent {
  const options = { keepAlive: !isLegacy, maxSockets };
  return isTls(url) ? new (tls().Agent)({ ...options, ca }) : new http.Agent(options);
}

/** Loaded where it is needed: TLS is a fifth of a cold start. */
function tls(): typeof https {
  return process.getBuiltinModule('node:https');
}

function isTls(url: URL): boolean {
  return url.protocol === 'https:';
}

/** @param sentBefore whether the request may have reached the server already, over a connection that died */
function exchange(
  endpoint: Endpoint,
  { body, signal }: Post,
  agent: http.Agent | false,
  sentBefore = false,
): Promise<Buffer> {
  if (signal.aborted) return Promise.reject(new TransportError('timeout', sentBefore, 'the deadline passed'));
  const { url, target, maxResponseBytes, isLegacy } = endpoint;
  // A list goes out as it is, where each member of an object would be looked at again.
  const headers = [
    ...['Host', url.host, 'User-Agent', 'rostbeef-functions', 'Content-Type', 'text/xml'],
    ...['Content-Length', String(body.length), 'Connection', agent === false || isLegacy ? 'close' : 'keep-alive'],
  ];
  const request = (isTls(url) ? tls() : http).request({ ...target, headers, agent });
  return new Promise((resolve, reject) => {
    let sent = sentBefore;
    let reused = false;
    let answered = false;
    let settled = false;

    const settle = (act: () => void) => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (kind: TransportFailure, message: string, code?: string, status?: number) =>
      settle(() => {
        const isStale = (kind === 'lost' || kind === 'timeout') && reused && !answered;
        reject(new (isStale ? StaleSocketError : TransportError)(kind, sent, message, code, status));
        request.destroy();
      });
    const onAbort = () => fail('timeout', 'the deadline passed');
    const onBroken = (error?: NodeJS.ErrnoException) => {
      if (error?.code?.startsWith('HPE_')) fail('malformed', 'not an HTTP response', error.code);
      else if (sent) fail('lost', 'the connection broke', error?.code);
      else fail('unreachable', 'no connection', error?.code);
    };

    signal.addEventListener('abort', onAbort);
    request.on('error', onBroken);
    request.on('close', () => onBroken());
    request.on('upgrade', () => fail('malformed', 'the server switches protocols'));
    request.on('socket', (socket) => {
      reused = ready.has(socket);
      sent ||= reused;
      if (reused) return;
      socket.once(isTls(url) ? 'secureConnect' : 'connect', () => {
        ready.add(socket);
        sent = true;
      });
    });
    request.on('response', (response) => {
      answered = true;
      const tooLarge = () => fail('malformed', `a body of more than ${maxResponseBytes} bytes`);
      const { statusCode } = response;
      if (statusCode !== 200) return fail('malformed', `HTTP status ${statusCode}`, undefined, statusCode);
      if (response.headers['content-encoding'] !== undefined) return fail('malformed', 'a content encoding');
      if (Number(response.headers['content-length']) > maxResponseBytes) return tooLarge();
      let received: Buffer = Buffer.alloc(0);
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        if (size + chunk.length > maxResponseBytes) return tooLarge();
        received = withRoom(received, size, size + chunk.length);
        size += chunk.copy(received, size);
      });
      response.on('error', onBroken);
      response.on('end', () => {
        if (response.complete) settle(() => resolve(received.subarray(0, size)));
      });
    });
    // As a string it goes out in one write with the head: a legacy server waits 50 ms for it, and no longer.
    request.end(body.toString('latin1'), 'latin1');
  });
}

/** A buffer that holds so many bytes, the used ones first. Chunks that are kept would weigh more than a tiny one holds. */
function withRoom(buffer: Buffer, used: number, wanted: number): Buffer {
  if (wanted <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * buffer.length));
  buffer.copy(larger, 0, 0, used);
  return larger;
}
