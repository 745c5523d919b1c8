import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** How `npm start` was called. */
export interface Options {
  readonly port: number;
  readonly help: boolean;
}

/** The command line is wrong; the message says how, in a line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `--help` prints. */
export const usage = `Usage: npm start [-- --port <port>]

Runs the functions on this machine, as they would be deployed, behind a gateway on 127.0.0.1.

  --port <port>   where to listen; 0 finds a free port (default: PORT, or 3000)
  --help          print this

Without EJABBERD_URL they talk to an embedded server that lives in memory. With it, and with the
other settings of the functions (EJABBERD_…, AWS_…), they talk to that one.`;

const defaultPort = '3000';

/** Reads the command line, and `PORT`. @throws UsageError */
export function readOptions(args: readonly string[], { PORT }: { PORT?: string }): Options {
  const { port = PORT || defaultPort, help = false } = commandLine(args, {
    port: { type: 'string' },
    help: { type: 'boolean' },
  });
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`The port must be a number from 0 to 65535, not ${JSON.stringify(port)}.`);
  }
  return { port: Number(port), help };
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
