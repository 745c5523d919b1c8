/** Runs single ejabberd commands for the doctor and rotation functions, as a given account. */
import pLimit from 'p-limit';
import type { Credentials } from '../credentials/secret.ts';
import { registeredVhosts } from '../dialects/ejabberd/commands.ts';
import { commandRunner, type Run } from '../dialects/run-command.ts';
import { createEndpoint, type EndpointOptions, openSockets } from '../http/index.ts';
import { Deadline } from '../shared/deadline.ts';

/** The server, the account and the deadline of {@link runCommands}. */
export interface CommandOptions extends Pick<EndpointOptions, 'url' | 'ca'> {
  /** The account that runs the commands. If it is `undefined`, calls carry no credentials. */
  readonly account: Credentials | undefined;
  /** Milliseconds for all commands together. */
  readonly timeoutMs: number;
}

/** The answers of these commands are far smaller. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/**
 * Runs ejabberd commands as one account, over one connection.
 *
 * @param use receives the function that runs a command. The connection is closed when `use` settles
 * @returns the result of `use`
 * @throws RostbeefError if a command fails, such as `CredentialsRejectedError` or `EjabberdTimeoutError`
 * @throws any error that `use` throws
 * @example
 * await runCommands({ url, ca, account, timeoutMs: 5_000 }, (run) => run(checkAccount(jid)))
 */
export async function runCommands<T>(
  { url, ca, account, timeoutMs }: CommandOptions,
  use: (run: Run) => Promise<T>,
): Promise<T> {
  const endpoint = createEndpoint({ url, ca, maxResponseBytes: MAX_RESPONSE_BYTES, maxSockets: 1 });
  const credentials = account && {
    current: async () => account,
    renew: async () => undefined,
    accepted: () => undefined,
  };
  const deadline = new Deadline(timeoutMs);
  const sockets = openSockets(endpoint);
  try {
    return await use(
      commandRunner({ endpoint, credentials, limitLarge: pLimit(1) }, { deadline, sockets }, registeredVhosts()),
    );
  } finally {
    deadline.end();
    sockets.close();
    endpoint.kept.destroy();
  }
}
