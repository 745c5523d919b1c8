/** The input and output of a command. Tests replace them in place of a terminal. */

/** Where text goes. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** The width of the terminal in cells. */
  readonly columns: number;
  readonly hasColors: boolean;
}

/** The surroundings of a command. */
export interface Io {
  /** Results. */
  readonly out: Output;
  /** Progress and errors. */
  readonly err: Output;
  readonly input: AsyncIterable<Uint8Array | string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls the listener at each Ctrl-C, until the returned function is called. */
  onInterrupt(listener: () => void): () => unknown;
}

/** Those of this process. */
export function processIo(): Io {
  const { env } = process;
  // The reader of a pipe, such as head, may have seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return {
    out: outputOf(process.stdout, env),
    err: outputOf(process.stderr, env),
    input: process.stdin,
    env,
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
  };
}

/** @see https://no-color.org */
function outputOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Output {
  const isTerminal = stream.isTTY === true;
  return {
    write: (text) => stream.write(text),
    isTerminal,
    columns: stream.columns ?? 80,
    hasColors: isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  };
}
