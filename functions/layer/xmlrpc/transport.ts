/** One POST over HTTP/1.1, on a connection that may carry it. */
import { GIVEN_UP } from '../deadline.ts';
import { type Address, type Connect, type Connection, connectorTo } from './connection.ts';
import { TransportError, type TransportFailure, unsentInTime } from './errors.ts';
import { ResponseReader } from './http-response.ts';
import { ConnectionPool } from './pool.ts';

/** Where the server is, and how it is reached. */
export interface EndpointOptions extends Address {
  /** The most bytes of an answer's body. */
  readonly maxResponseBytes: number;
  /** The most connections at a time: so many that are kept, and as many of an invocation. */
  readonly maxSockets: number;
  /**
   * Whether the server has `xmlrpc-erlang` 1.13, as all before 2014: it ends the connection with each answer, takes UTF-8
   * only as the bytes of a declared ISO-8859-1, and gives those bytes back without a declaration.
   */
  readonly isLegacy?: boolean;
}

/** A server, with the connections that are kept to it between invocations. */
export interface Endpoint extends EndpointOptions {
  readonly connect: Connect;
  /** Carry idempotent requests alone: a frozen Lambda wakes to connections that died meanwhile. */
  readonly kept: ConnectionPool;
  /** What every request to it begins with. */
  readonly requestLines: string;
}

/**
 * Prepares an endpoint; nothing is connected yet.
 *
 * @example
 * createEndpoint({ url: new URL('http://127.0.0.1:4560/'), ca: undefined, maxResponseBytes: 1e6, maxSockets: 10 })
 */
export function createEndpoint(options: EndpointOptions): Endpoint {
  const { url, maxSockets } = options;
  const connect = connectorTo(options);
  const requestLines =
    `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n` +
    'User-Agent: rostbeef-functions\r\nContent-Type: text/xml\r\n';
  return { ...options, connect, kept: new ConnectionPool(connect, maxSockets), requestLines };
}

/** The connections of one invocation to one endpoint, for requests that must not meet one that died since the last. */
export class InvocationSockets {
  readonly #endpoint: Endpoint;
  #pool: ConnectionPool | undefined;
  #caughtUp: Promise<unknown> | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** Whatever came over idle connections during a freeze, their end or an answer that nobody asked for, has been seen. */
  caughtUp(): Promise<unknown> {
    this.#caughtUp ??= new Promise((resolve) => setImmediate(resolve));
    return this.#caughtUp;
  }

  /** Connections that are all fresh or have answered in this invocation. */
  get pool(): ConnectionPool {
    this.#pool ??= new ConnectionPool(this.#endpoint.connect, this.#endpoint.maxSockets);
    return this.#pool;
  }

  /** Ends the invocation's connections. */
  close(): void {
    this.#pool?.destroy();
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
  /** Over a kept connection, but never a second time if that one dies. */
  readonly once?: boolean | undefined;
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
  const { idempotent, sockets, fresh, once } = request;
  const { kept } = endpoint;
  // One pool carries all that a legacy server gets, so that it never meets more connections than it takes.
  if (endpoint.isLegacy) return exchange(endpoint, request, kept);
  if (fresh) return exchange(endpoint, request, undefined);
  if (!idempotent) return exchange(endpoint, request, sockets.pool);
  if (kept.hasIdle) await sockets.caughtUp();
  try {
    return await exchange(endpoint, request, kept);
  } catch (error) {
    if (once || !(error instanceof StaleConnectionError)) throw error;
    // What ended one idle connection, a freeze or the server's restart, ended the others too.
    kept.destroyIdle();
    if (error.kind === 'timeout') throw error;
    return exchange(endpoint, request, kept).catch(sentBefore);
  }
}

/** A kept connection turned out to be dead, or gave no answer at all. */
class StaleConnectionError extends TransportError {}

/** Over the dead connection the request may have reached the server, whatever became of the next. */
function sentBefore(error: unknown): never {
  if (!(error instanceof TransportError) || error.sent) throw error;
  const kind = error.kind === 'unreachable' ? 'lost' : error.kind;
  throw new TransportError(kind, true, kind === 'lost' ? 'the connection broke' : error.message, error.code);
}

/** @param pool whose connection is used, and gets it back; without one, a connection is opened for this alone */
async function exchange(endpoint: Endpoint, { body, signal }: Post, pool: ConnectionPool | undefined): Promise<Buffer> {
  if (signal.aborted) throw unsentInTime();
  const isKept = pool !== undefined && !endpoint.isLegacy;
  // As a string it goes out in one write with the head: a legacy server waits 50 ms for it, and no longer.
  const bytes =
    `${endpoint.requestLines}Content-Length: ${body.length}\r\n` +
    `Connection: ${isKept ? 'keep-alive' : 'close'}\r\n\r\n${body.toString('latin1')}`;
  const reader = new ResponseReader(endpoint.maxResponseBytes);
  const connection = await (pool === undefined ? endpoint.connect(signal) : pool.take(signal));
  await answered(connection, bytes, reader, signal);
  if (connection.release() && isKept && reader.isReusable) pool.giveBack(connection);
  else connection.destroy();
  return reader.body;
}

/** Sends a request, and reads the response; settles once. Where it fails, the connection is closed. */
function answered(connection: Connection, bytes: string, reader: ResponseReader, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      signal.removeEventListener('abort', onAbort);
      connection.destroy();
      reject(error);
    };
    const failWithoutAnswer = (kind: TransportFailure, message: string, code?: string) => {
      const isStale = connection.hasAnswered && reader.isUntouched;
      fail(new (isStale ? StaleConnectionError : TransportError)(kind, true, message, code));
    };
    const succeed = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const onAbort = () => {
      // Of a connection that had no time to answer nothing is known.
      if (signal.reason === GIVEN_UP) fail(new TransportError('timeout', true, 'the call was given up'));
      else failWithoutAnswer('timeout', 'the deadline passed');
    };
    if (signal.aborted) return fail(unsentInTime());
    signal.addEventListener('abort', onAbort);
    connection.send(bytes, {
      data(chunk) {
        try {
          if (reader.read(chunk)) succeed();
        } catch (error) {
          fail(error);
        }
      },
      end(error) {
        if (error === undefined && reader.end()) succeed();
        else failWithoutAnswer('lost', 'the connection broke', error?.code);
      },
    });
  });
}
