import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** How `npm start` was called. */
export interface Options {
  readonly port: number;
  /** What the server speaks; `undefined` leaves it to `EJABBERD_DIALECT`. */
  readonly dialect: string | undefined;
  /** Whether a table keeps the keys of `send_stanza`, in memory. */
  readonly idempotency: boolean;
  readonly help: boolean;
}

/** The command line is wrong; the message says how, in a line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `--help` prints. */
export const usage = `Usage: npm start [-- [--port <port>] [--dialect <dialect>] [--idempotency]]

Runs the functions on this machine, as they would be deployed, behind a gateway on 127.0.0.1.

  --port <port>         where to listen; 0 finds a free port (default: PORT, or 3000)
  --dialect <dialect>   what the server speaks: ejabberd, or rostbeef for one of 2008
                        (default: EJABBERD_DIALECT, or ejabberd)
  --idempotency         keep the keys of send_stanza, in a table that lasts as long as this process
  --help                print this

Without EJABBERD_URL they talk to an embedded server that lives in memory, with it to that one. The
other settings of the functions (EJABBERD_…, AWS_…) apply to both. Wrong settings end with status 1.`;

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
 * Reads a command line of these options and nothing else.
 *
 * @throws UsageError
 */
export function commandLine<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UsageError(`${reason.replace(/\.? To specify .*$|\.$/, '')}.`);
  }
}
