/** Creates the state that a container keeps between invocations: settings, connections, credentials, facts about the server. */
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
import { lazy } from '../shared/lazy.ts';
import { loadEncoder } from '../xmlrpc/index.ts';
import { type Jid, parseBareJid } from '../xmpp/jid.ts';

/** The state of one container. */
export interface Runtime {
  /** The largest JSON body of an event, in bytes. */
  readonly maxBodyBytes: number;
  /** Starts reading the secret and loading the encoder during init, so that the first invocation does not wait for them. */
  prepare(): void;
  /**
   * Runs a function with the context of one invocation, under the deadline of the settings.
   *
   * @param remainingMs milliseconds until Lambda ends the function. The deadline is earlier than that
   */
  invoke<T>(remainingMs: number, run: (context: MethodContext) => Promise<T>): Promise<T>;
}

/** Milliseconds reserved for the response, before Lambda ends the function. */
const RESPONSE_MARGIN_MS = 250;

/** Every input except a long stanza is far smaller. */
const MIN_BODY_LIMIT_BYTES = 1024 * 1024;

/** The most large answers read at once. An answer of 16 MiB takes several times that in the memory of 1,024 MB. */
const MAX_LARGE_READS = 4;

/** A classic server serves ten connections. After one more, it accepts no connection for five seconds. */
const MAX_CLASSIC_CONNECTIONS = 10;

/**
 * Creates the runtime of a container from its environment. It opens no connection.
 *
 * @throws ConfigurationError if settings are missing or invalid
 */
export function openRuntime(): Runtime {
  const config = readConfig();
  const { url, caPem: ca, maxResponseBytes, maxConnections, maxStanzaBytes, dialect } = config;
  const { demand, covers } = authorizationBy(config);
  const isClassic = dialect === 'rostbeef';
  const maxSockets = isClassic ? Math.min(maxConnections, MAX_CLASSIC_CONNECTIONS) : maxConnections;
  const server = {
    endpoint: createEndpoint({ url, ca, maxResponseBytes, maxSockets, isClassic }),
    credentials: isClassic ? undefined : credentialsOf(config),
    limitLarge: pLimit(MAX_LARGE_READS),
  };
  if (isClassic && config.secretArn !== undefined) {
    logWarning('EJABBERD_SECRET_ARN is ignored, because the servers of the dialect "rostbeef" take no credentials');
  }
  const tableOf = tableOpener(config);
  const dialectOf = isClassic ? rostbeefDialect(server) : ejabberdDialect(server);
  return {
    // JSON can escape a stanza, and an event wraps it in an envelope.
    maxBodyBytes: Math.max(MIN_BODY_LIMIT_BYTES, 4 * maxStanzaBytes),
    prepare() {
      server.credentials?.prefetch?.();
      // One turn of the event loop later, so that the request for the secret is sent first.
      setImmediate(loadEncoder);
    },

    async invoke(remainingMs, run) {
      const deadline = new Deadline(Math.min(config.timeoutMs, remainingMs - RESPONSE_MARGIN_MS));
      const sockets = openSockets(server.endpoint);
      try {
        const dialect = dialectOf({ deadline, sockets });
        const stanzaPolicy = {
          rule: config.stanzas,
          listsDomain: (domain: string) => config.senders?.has(domain) ?? false,
          ownAccount: () => accountOf(server.credentials, deadline),
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

/** Opens the table on first use, because loading the DynamoDB client is slow. */
function tableOpener({ idempotencyTable }: Config): (() => Table) | undefined {
  return idempotencyTable === undefined ? undefined : lazy(() => dynamoDbTable(idempotencyTable));
}

function onceIn(tableOf: () => Table, { idempotencyTtlSeconds: ttlSeconds }: Config, deadline: Deadline): Once {
  return (sending) => onceBy({ table: tableOf(), ttlSeconds, deadline, warn: logWarning })(sending);
}

function credentialsOf({ secretArn }: Config): CredentialSource | undefined {
  return secretArn === undefined ? undefined : secretCredentials(secretsManagerStore(secretArn));
}

/**
 * Returns the account of the commands as a prepared JID, for the comparison with a sender.
 *
 * An account that is not a valid JID is refused. ejabberd drops characters from such a name, so that a comparison with the
 * sender would fail.
 *
 * @throws CredentialsUnavailableError if the secret can't be read, or its account is not a JID
 */
async function accountOf(source: CredentialSource | undefined, deadline: Deadline): Promise<Jid | undefined> {
  if (source === undefined) return undefined;
  const { user, server } = await source.current(deadline);
  const account = parseBareJid(`${user}@${server}`);
  if ('jid' in account) return account.jid;
  const detail = `the secret’s user and server must be the account’s JID as ejabberd spells it, but user@server ${account.problem}`;
  throw new CredentialsUnavailableError({ detail });
}
