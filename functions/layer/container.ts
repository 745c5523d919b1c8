/** What a container keeps between invocations: settings, connections, credentials, and what it learned of the server. */
import { type Access, accessBy } from './access.ts';
import { readConfig } from './config.ts';
import { secretCredentials } from './credentials.ts';
import { Deadline } from './deadline.ts';
import { stockDialect } from './ejabberd/stock.ts';
import type { MethodContext } from './methods/method.ts';
import { secretsManagerStore } from './secret-store.ts';
import { createEndpoint, InvocationSockets } from './xmlrpc/index.ts';

/** A container, ready to serve. */
export interface Container {
  /**
   * Runs something with what an invocation has, under the settings' deadline.
   *
   * @param remainingMs what the Lambda service leaves; the deadline stays a margin below it
   */
  invoke<T>(remainingMs: number, run: (context: MethodContext) => Promise<T>): Promise<T>;
}

/** Time to answer in, before Lambda ends the function. */
const MARGIN_MS = 250;

/**
 * Opens a container by its environment. Nothing is connected yet.
 *
 * @throws ConfigurationError
 */
export function openContainer(): Container {
  const config = readConfig();
  const { url, caPem: ca, maxResponseBytes, maxConnections: maxSockets } = config;
  const access: Access = accessBy(config);
  const dialectOf = stockDialect({
    endpoint: createEndpoint({ url, ca, maxResponseBytes, maxSockets }),
    credentials: config.secretArn === undefined ? undefined : secretCredentials(secretsManagerStore(config.secretArn)),
  });
  return {
    async invoke(remainingMs, run) {
      const deadline = new Deadline(Math.min(config.timeoutMs, remainingMs - MARGIN_MS));
      const sockets = new InvocationSockets();
      try {
        return await run({ access, dialect: dialectOf({ signal: deadline.signal, deadline, sockets }) });
      } finally {
        deadline.end();
        sockets.close();
      }
    },
  };
}
