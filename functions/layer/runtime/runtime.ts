/** Keeps the state of an execution environment between invocations: settings, connections, credentials. */
import pLimit from 'p-limit';
import { type Config, readConfig } from '../config/config.ts';
import { type CredentialSource, secretCredentials } from '../credentials/credentials.ts';
import { secretsManagerStore } from '../credentials/secret-store.ts';
import { ejabberdDialect } from '../dialects/ejabberd/dialect.ts';
import { rostbeefDialect } from '../dialects/rostbeef/dialect.ts';
import { CredentialsUnavailableError } from '../errors/index.ts';
import { createEndpoint, openSockets } from '../http/index.ts';
import { type Once, onceBy } from '../idempotency/at-most-once.ts';
import { dynamoDbTable, type Table } from '../idempotency/table.ts';
import { authorizationBy } from '../methods/authorization.ts';
import type { MethodContext } from '../methods/define-method.ts';
import { logWarning } from '../observability/call-log.ts';
import { Deadline } from '../shared/deadline.ts';
import { loadEncoder } from '../xmlrpc/index.ts';
import { type Jid, parseBareJid } from '../xmpp/jid.ts';

/** The state of an execution environment. */
export interface Runtime {
  /** The most bytes that an event's JSON body may have. */
  readonly maxBodyBytes: number;
  /** Starts reading the secret and loading the encoder during init, so that the first invocation does not wait for them. */
  prepare(): void;
  /**
   * Runs something in an invocation of its own, with a deadline and connections.
   *
   * @param remainingMs milliseconds until Lambda ends the function. The deadline ends earlier by a margin
   */
  invoke<T>(remainingMs: number, run: (context: MethodContext) => Promise<T>): Promise<T>;
}

/** Milliseconds that are left for the response before Lambda ends the function. */
const MARGIN_MS = 250;

/** Only an input with a long stanza comes near this. JSON can write one byte of a stanza as six. */
const LEAST_BODY_BYTES = 1024 * 1024;

/** The most responses of 16 MiB that a function of 1,024 MB reads at a time. Each takes several times its size in memory. */
const LARGE_READS = 4;

/** The most connections of a classic server. One more, and it accepts no connection for five seconds. */
const MOST_SESSIONS = 10;

/**
 * Opens the runtime with the settings of the environment. Nothing is connected yet.
 *
 * @throws ConfigurationError
 */
export function openRuntime(): Runtime {
  const config = readConfig();
  const { url, caPem: ca, maxResponseBytes, maxConnections, maxStanzaBytes, dialect } = config;
  const { demand, covers } = authorizationBy(config);
  const isClassic = dialect === 'rostbeef';
  const maxSockets = isClassic ? Math.min(maxConnections, MOST_SESSIONS) : maxConnections;
  const server = {
    endpoint: createEndpoint({ url, ca, maxResponseBytes, maxSockets, isClassic }),
    credentials: isClassic ? undefined : credentialsOf(config),
    limitLarge: pLimit(LARGE_READS),
  };
  if (isClassic && config.secretArn !== undefined) {
    logWarning('EJABBERD_SECRET_ARN is not read: the servers of the dialect "rostbeef" know no credentials');
  }
  const tableOf = tableOpener(config);
  const dialectOf = isClassic ? rostbeefDialect(server) : ejabberdDialect(server);
  return {
    maxBodyBytes: Math.max(LEAST_BODY_BYTES, 4 * maxStanzaBytes),
    prepare() {
      server.credentials?.prefetch?.();
      // One turn later, so that the request for the secret leaves first.
      setImmediate(loadEncoder);
    },

    async invoke(remainingMs, run) {
      const deadline = new Deadline(Math.min(config.timeoutMs, remainingMs - MARGIN_MS));
      const sockets = openSockets(server.endpoint);
      try {
        const dialect = dialectOf({ signal: deadline.signal, deadline, sockets });
        const stanzaPolicy = {
          rule: config.stanzas,
          listsDomain: (domain: string) => config.senders?.has(domain) ?? false,
          ownAccount: () => accountOf(server.credentials, deadline.signal),
        };
        const once = tableOf && onceIn(tableOf, config, deadline);
        return await run({ demand, covers, dialect, stanzaPolicy, maxStanzaBytes, once });
      } finally {
        deadline.end();
        sockets.close();
      }
    },
  };
}

/** Opens the table on first use, because its client takes long to load. */
function tableOpener({ idempotencyTable }: Config): (() => Table) | undefined {
  if (idempotencyTable === undefined) return undefined;
  let table: Table | undefined;
  return () => {
    table ??= dynamoDbTable(idempotencyTable);
    return table;
  };
}

function onceIn(tableOf: () => Table, { idempotencyTtlSeconds: ttlSeconds }: Config, deadline: Deadline): Once {
  return (sending) => onceBy({ table: tableOf(), ttlSeconds, deadline, warn: logWarning })(sending);
}

function credentialsOf({ secretArn }: Config): CredentialSource | undefined {
  return secretArn === undefined ? undefined : secretCredentials(secretsManagerStore(secretArn));
}

/**
 * Returns the account of the commands as a JID. An account that is not a valid JID is refused, because ejabberd drops some
 * characters from such a name, so that it could be equal to a sender.
 *
 * @throws CredentialsUnavailableError if the secret can't be read, or its account is not a JID
 */
async function accountOf(source: CredentialSource | undefined, signal: AbortSignal): Promise<Jid | undefined> {
  if (source === undefined) return undefined;
  const { user, server } = await source.current(signal);
  const account = parseBareJid(`${user}@${server}`);
  if ('jid' in account) return account.jid;
  const detail = `the secret’s user and server must be the account’s JID as ejabberd spells it, but user@server ${account.problem}`;
  throw new CredentialsUnavailableError({ detail });
}
