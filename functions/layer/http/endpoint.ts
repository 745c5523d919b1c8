/** Defines a server, and opens connections to it. */
import type { RequestOptions } from 'node:http';
import type { SecureContext } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import { lazy } from '../shared/lazy.ts';
import { createPool, type Pool } from './pool.ts';

/** The address of the server, and the limits of its connections. */
export interface EndpointOptions {
  /** The `http:` or `https:` URL. */
  readonly url: URL;
  /** The certificates of the authority to trust, in PEM. By default, those that Node.js trusts. */
  readonly ca: string | undefined;
  /** The largest body of a response, in bytes. */
  readonly maxResponseBytes: number;
  /** The most kept connections, and the most connections of one invocation. */
  readonly maxSockets: number;
  /**
   * Whether the server has `xmlrpc-erlang` 1.13, as all servers before 2014. It closes the connection after each response. It
   * accepts UTF-8 only as the bytes of a declared ISO-8859-1, and returns those bytes without a declaration.
   */
  readonly isClassic?: boolean;
}

/** A server, with the connections that are kept to it between invocations. */
export interface Endpoint extends EndpointOptions {
  /** For idempotent requests only, because kept connections can break while a Lambda function is frozen. */
  readonly kept: Pool;
  /** For requests that need a new connection. */
  readonly single: Pool;
  /** The options that all requests share. */
  readonly target: Pick<RequestOptions, 'protocol' | 'hostname' | 'port' | 'path'>;
  /** The trusted authorities, for TLS. They are read once, because that takes 0.3 ms, and most writes open a connection. */
  readonly secureContext: () => SecureContext | undefined;
  /** The names and values of the headers that all requests share. */
  readonly headers: readonly string[];
  readonly isTls: boolean;
  /** The last TLS session. It saves the next connection most of its handshake. */
  readonly resumption: { session: Buffer | undefined };
}

/**
 * Creates an endpoint. It opens no connection.
 *
 * @example
 * createEndpoint({ url: new URL('http://127.0.0.1:4560/'), ca: undefined, maxResponseBytes: 1e6, maxSockets: 10 })
 */
export function createEndpoint(options: EndpointOptions): Endpoint {
  const { url, ca, maxSockets: maxRequests, isClassic = false } = options;
  const isTls = url.protocol === 'https:';
  const { protocol, hostname, port, path } = urlToHttpOptions(url);
  return {
    ...options,
    isTls,
    kept: createPool({ isTls, keepAlive: !isClassic, maxRequests }),
    single: createPool({ isTls, keepAlive: false, maxRequests: Number.POSITIVE_INFINITY }),
    target: { protocol, hostname, port, path },
    secureContext: lazy(() => (isTls ? process.getBuiltinModule('node:tls').createSecureContext({ ca }) : undefined)),
    headers: ['Host', url.host, 'User-Agent', 'rostbeef-functions', 'Content-Type', 'text/xml'],
    resumption: { session: undefined },
  };
}

/** The connections of one invocation, for requests that must not use a connection that broke since the last invocation. */
export interface InvocationSockets {
  /** A pool whose connections were opened in this invocation. */
  readonly pool: Pool;
  /** Closes the invocation's connections. */
  close(): void;
}

/**
 * Creates the connections of an invocation. They are opened on demand.
 *
 * @example
 * const sockets = openSockets(endpoint);
 * try {
 *   await post(endpoint, body, { deadline, idempotent: false, sockets });
 * } finally {
 *   sockets.close();
 * }
 */
export function openSockets({ isTls, maxSockets: maxRequests }: Endpoint): InvocationSockets {
  let pool: Pool | undefined;
  return {
    get pool() {
      pool ??= createPool({ isTls, keepAlive: true, maxRequests });
      return pool;
    },
    close: () => pool?.destroy(),
  };
}
