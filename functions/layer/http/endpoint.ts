/** A server, and the connections to it. */
import type { RequestOptions } from 'node:http';
import { urlToHttpOptions } from 'node:url';
import { createPool, type Pool } from './pool.ts';

/** Where the server is, and how it is reached. */
export interface EndpointOptions {
  /** Its `http:` or `https:` URL. */
  readonly url: URL;
  /** Certificates of the authority to trust, in PEM. By default, those that Node.js trusts. */
  readonly ca: string | undefined;
  /** The most bytes of a response's body. */
  readonly maxResponseBytes: number;
  /** The most connections at a time: as many that are kept, and as many of an invocation. */
  readonly maxSockets: number;
  /**
   * Whether the server has `xmlrpc-erlang` 1.13, as all before 2014. It closes the connection after each response, takes
   * UTF-8 only as the bytes of a declared ISO-8859-1, and gives those bytes back without a declaration.
   */
  readonly isClassic?: boolean;
}

/** A server, with the connections that are kept to it between invocations. */
export interface Endpoint extends EndpointOptions {
  /** For idempotent requests only, because a frozen Lambda function wakes to connections that died meanwhile. */
  readonly kept: Pool;
  /** For requests that need a connection that has carried nothing before. */
  readonly single: Pool;
  /** The options that all its requests have. */
  readonly target: Pick<RequestOptions, 'protocol' | 'hostname' | 'port' | 'path'> & {
    readonly ca: string | undefined;
  };
  readonly isTls: boolean;
  /** The last TLS session. It saves the next connection most of its handshake. */
  readonly resumption: { session: Buffer | undefined };
}

/**
 * Prepares an endpoint. Nothing is connected yet.
 *
 * @example
 * createEndpoint({ url: new URL('http://127.0.0.1:4560/'), ca: undefined, maxResponseBytes: 1e6, maxSockets: 10 })
 */
export function createEndpoint(options: EndpointOptions): Endpoint {
  const { url, ca, maxSockets: most, isClassic = false } = options;
  const isTls = url.protocol === 'https:';
  const { protocol, hostname, port, path } = urlToHttpOptions(url);
  return {
    ...options,
    isTls,
    kept: createPool({ isTls, keepAlive: !isClassic, most }),
    single: createPool({ isTls, keepAlive: false, most: Number.POSITIVE_INFINITY }),
    target: { protocol, hostname, port, path, ca },
    resumption: { session: undefined },
  };
}

/** The connections of one invocation, for requests that must not meet one that died since the last invocation. */
export interface InvocationSockets {
  /** Its connections are new, or have answered in this invocation. */
  readonly pool: Pool;
  /** Closes the invocation's connections. */
  close(): void;
}

/**
 * Prepares an invocation's connections to an endpoint.
 *
 * @example
 * const sockets = openSockets(endpoint);
 * try {
 *   await post(endpoint, { body, signal, idempotent: false, sockets });
 * } finally {
 *   sockets.close();
 * }
 */
export function openSockets({ isTls, maxSockets: most }: Endpoint): InvocationSockets {
  let pool: Pool | undefined;
  return {
    get pool() {
      pool ??= createPool({ isTls, keepAlive: true, most });
      return pool;
    },
    close: () => pool?.destroy(),
  };
}
