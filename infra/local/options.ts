import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** The options of `npm start`. */
export interface Options {
  readonly port: number;
  /** The server’s dialect. `undefined` means that of `EJABBERD_DIALECT`. */
  readonly dialect: string | undefined;
  readonly help: boolean;
}

/** The command line is not valid. The message names the problem. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The text that `--help` prints. */
export const usage = `Usage: npm start [-- [--port <port>] [--dialect <dialect>]]

Runs the functions on this machine, as they would be deployed, behind a gateway on 127.0.0.1.

  --port <port>         the port; 0 finds a free one (default: PORT, or 3000)
  --dialect <dialect>   the server’s dialect: ejabberd, or rostbeef for a classic server
                        (default: EJABBERD_DIALECT, or ejabberd)
  --help                print this

The functions call the server at EJABBERD_URL, or an embedded server in memory without it. Other settings
of the functions (EJABBERD_…, AWS_…) apply in both cases. Invalid settings end with status 1.`;

const defaultPort = '3000';
const dialects: readonly string[] = ['ejabberd', 'rostbeef'];

/** Reads the command line and `PORT`. @throws UsageError */
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
