/** A command with a terminal, or a pipe, of the test's own. */
import type { Io, Output } from '../../client/src/cli/io.ts';
import { run } from '../../client/src/cli/program.ts';

/** The output of a command, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How a command runs. */
export interface Terminal {
  /** Whether its outputs are terminals of 100 columns. @default false */
  readonly isTerminal?: boolean;
  readonly hasColors?: boolean;
  readonly input?: string;
  /** Gets a function that presses Ctrl-C. */
  readonly interrupter?: (press: () => void) => void;
  /** Gets each piece of output as it is written. */
  readonly onWrite?: (text: string) => void;
}

/** Runs a command line in this process. */
export async function runCommand(args: readonly string[], terminal: Terminal = {}): Promise<Ran> {
  const { isTerminal = false, hasColors = false, input = '', interrupter, onWrite } = terminal;
  const written = { out: '', err: '' };
  const output = (name: keyof typeof written): Output => ({
    isTerminal,
    hasColors,
    columns: 100,
    write(text) {
      written[name] += text;
      onWrite?.(text);
    },
  });
  const listeners = new Set<() => void>();
  interrupter?.(() => {
    for (const listener of [...listeners]) listener();
  });
  const io: Io = {
    out: output('out'),
    err: output('err'),
    env: {},
    input: (async function* () {
      yield input;
    })(),
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const code = await run(args, io);
  return { code, ...written };
}
