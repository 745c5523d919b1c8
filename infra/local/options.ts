import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** How `npm start` was called. */
export interface Options {
  readonly port: number;
  /** What the server speaks; `undefined` leaves it to `EJABBERD_DIALECT`. */
  readonly dialect: string | undefined;
  readonly help: boolean;
}

/** The command line is wrong; the message says how, in a line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `--help` prints. */
export const usage = `Usage: npm start [-- [--port <port>] [--dialect <dialect>]]

Runs the functions on this machine, as they would be deployed, behind a gateway on 127.0.0.1.

  --port <port>         where to listen; 0 finds a free port (default: PORT, or 3000)
  --dialect <dialect>   what the server speaks: ejabberd, or rostbeef for one of 2008
                        (default: EJABBERD_DIALECT, or ejabberd)
  --help                print this

Without EJABBERD_URL they talk to an embedded server that lives in memory, with it to that one. The
other settings of the functions (EJABBERD_…, AWS_…) apply to both. Wrong settings end with status 1.`;

const defaultPort = '3000';
const dialects: readonly string[] = ['ejabberd', 'rostbeef'];

/** Reads the command line, and `PORT`. @throws UsageError */
export function readOptions(args: readonly string[], { PORT }: { PORT?: string }): Options {
  const {
    port = PORT || defaultPort,
    dialect,
    help = false,
  } = commandLine(args, { port: { type: 'string' }, dialect: { type: 'string' }, help: { type: 'boolean' } });
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`The port must be a number from 0 to 65535, not ${JSON.stringify(port)}.`);
  }
  if (dialect !== undefined && !dialects.includes(dialect)) {
    throw new UsageError(`The dialect must be ejabberd or rostbeef, not ${JSON.stringify(dialect)}.`);
  }
  return { port: Number(port), dialect, help };
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
