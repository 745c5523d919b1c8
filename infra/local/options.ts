import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** The options of `npm start`. */
export interface Options {
  readonly port: number;
  /** The server’s dialect. `undefined` means that of `EJABBERD_DIALECT`. */
  readonly dialect: string | undefined;
  /** Whether a table keeps the keys of `send_stanza`, in memory. */
  readonly idempotency: boolean;
  readonly help: boolean;
}

/** The command line is not valid. The message names the problem. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The text that `--help` prints. */
export const usage = `Usage: npm start [-- [--port <port>] [--dialect <dialect>] [--idempotency]]

Runs the functions on this machine, as they would be deployed, behind a gateway on 127.0.0.1.

  --port <port>         the port; 0 finds a free one (default: PORT, or 3000)
  --dialect <dialect>   the server’s dialect: ejabberd, or rostbeef for a classic server
                        (default: EJABBERD_DIALECT, or ejabberd)
  --idempotency         keep the keys of send_stanza, in a table that lasts as long as this process
  --help                print this

The functions call the server at EJABBERD_URL, or an embedded server in memory without it. Other settings
of the functions (EJABBERD_…, AWS_…) apply in both cases. Invalid settings end with status 1.`;

const defaultPort = '3000';
const dialects: readonly string[] = ['ejabberd', 'rostbeef'];

/** Reads the command line, `PORT`, and whether there is a table already. @throws UsageError */
export function readOptions(args: readonly string[], shell: Readonly<Record<string, string | undefined>>): Options {
  const { PORT, EJABBERD_IDEMPOTENCY_TABLE } = shell;
  const {
    port = PORT || defaultPort,
    dialect,
    idempotency = false,
    help = false,
  } = commandLine(args, {
    port: { type: 'string' },
    dialect: { type: 'string' },
    idempotency: { type: 'boolean' },
    help: { type: 'boolean' },
  });
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`The port must be a number from 0 to 65535, not ${JSON.stringify(port)}.`);
  }
  if (dialect !== undefined && !dialects.includes(dialect)) {
    throw new UsageError(`The dialect must be ejabberd or rostbeef, not ${JSON.stringify(dialect)}.`);
  }
  if (idempotency && EJABBERD_IDEMPOTENCY_TABLE) {
    throw new UsageError('--idempotency makes a table of its own, so EJABBERD_IDEMPOTENCY_TABLE must not be set.');
  }
  return { port: Number(port), dialect, idempotency, help };
}

/**
 * Reads a command line.
 *
 * @param options the only options that are allowed
 * @throws UsageError for anything else
 */
export function commandLine<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UsageError(`${reason.replace(/\.? To specify .*$|\.$/, '')}.`);
  }
}
