/** What a container keeps between invocations: settings, connections, credentials, and what it learned of the server. */
import { type Access, accessBy } from './access.ts';
import { type Config, readConfig } from './config.ts';
import { type CredentialSource, secretCredentials } from './credentials.ts';
import { Deadline } from './deadline.ts';
import { classicDialect } from './ejabberd/classic.ts';
import { stockDialect } from './ejabberd/stock.ts';
import { createEndpoint, openSockets } from './http/index.ts';
import { type Once, onceBy } from './idempotency/once.ts';
import { dynamoDbTable, type Table } from './idempotency/table.ts';
import { logWarning } from './log.ts';
import type { MethodContext } from './methods/method.ts';
import { secretsManagerStore } from './secret-store.ts';
import { loadEncoder } from './xmlrpc/index.ts';

/** A container, ready to serve. */
export interface Container {
  /** Starts reading the secret and loading the encoder during init, so that the first invocation does not wait for them. */
  prepare(): void;
  /**
   * Runs something with what an invocation has, under the settings' deadline.
   *
   * @param remainingMs what the Lambda service leaves; the deadline stays a margin below it
   */
  invoke<T>(remainingMs: number, run: (context: MethodContext) => Promise<T>): Promise<T>;
}

/** Time to answer in, before Lambda ends the function. */
const MARGIN_MS = 250;

/** What a classic server serves at a time; one more and it accepts nobody for five seconds. */
const MOST_SESSIONS = 10;

/**
 * Opens a container by its environment. Nothing is connected yet.
 *
 * @throws ConfigurationError
 */
export function openContainer(): Container {
  const config = readConfig();
  const { url, caPem: ca, maxResponseBytes, maxConnections, dialect } = config;
  const access: Access = accessBy(config);
  const isLegacy = dialect === 'rostbeef';
  const maxSockets = isLegacy ? Math.min(maxConnections, MOST_SESSIONS) : maxConnections;
  const server = {
    endpoint: createEndpoint({ url, ca, maxResponseBytes, maxSockets, isLegacy }),
    credentials: isLegacy ? undefined : credentialsOf(config),
  };
  if (isLegacy && config.secretArn !== undefined) {
    logWarning('EJABBERD_SECRET_ARN is not read: the servers of the dialect "rostbeef" know no credentials');
  }
  const tableOf = tableOpener(config);
  const dialectOf = isLegacy ? classicDialect(server) : stockDialect(server);
  return {
    prepare() {
      server.credentials?.prefetch?.();
      // A turn later, because the request for the secret has left by then.
      setImmediate(loadEncoder);
    },

    async invoke(remainingMs, run) {
      const deadline = new Deadline(Math.min(config.timeoutMs, remainingMs - MARGIN_MS));
      const sockets = openSockets(server.endpoint);
      try {
        const dialect = dialectOf({ signal: deadline.signal, deadline, sockets });
        return await run({ access, dialect, once: tableOf && onceIn(tableOf, config, deadline) });
      } finally {
        deadline.end();
        sockets.close();
      }
    },
  };
}

/** The table is opened by the first call that needs it: its client is much to load. */
function tableOpener({ idempotencyTable }: Config): (() => Table) | undefined {
  if (idempotencyTable === undefined) return undefined;
  let table: Table | undefined;
  return () => {
    table ??= dynamoDbTable(idempotencyTable);
    return table;
  };
}

function onceIn(tableOf: () => Table, { idempotencyTtlSeconds: ttlSeconds }: Config, deadline: Deadline): Once {
  const warn = (reason: string) =>
    logWarning(`an idempotency key stays in progress, and so becomes unknown: ${reason}`);
  return (sending) => onceBy({ table: tableOf(), ttlSeconds, deadline, warn })(sending);
}

function credentialsOf({ secretArn }: Config): CredentialSource | undefined {
  return secretArn === undefined ? undefined : secretCredentials(secretsManagerStore(secretArn));
}
