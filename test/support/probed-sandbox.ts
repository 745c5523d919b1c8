/** A bundled function in its own process, and what that process holds between two calls. */
import { fileURLToPath } from 'node:url';
import { type Invoked, Sandbox, type SandboxOptions } from '../../infra/local/sandbox.ts';

/** The report of a process about itself. */
export interface Residue {
  /** The layer's files that it has loaded, by name. */
  readonly loaded: readonly string[];
  /** The resources that keep its event loop alive: timers, connections, requests. Idle kept connections do not. */
  readonly resources: readonly string[];
  /** The most memory that it had so far. */
  readonly peakKilobytes: number;
  readonly unhandledRejection: number;
  readonly uncaughtExceptionMonitor: number;
  readonly warning: number;
}

const PROBE = fileURLToPath(new URL('./probe.cjs', import.meta.url));

/** A sandbox whose process can be looked into. */
export class ProbedSandbox {
  /** Every line that the function’s process wrote, the probe’s left out. */
  readonly lines: string[] = [];
  readonly #sandbox: Sandbox;
  #pid = 0;
  #starts = 0;
  #waiting: ((residue: Residue) => void) | undefined;

  constructor({ environment, ...options }: Omit<SandboxOptions, 'log'>) {
    this.#sandbox = new Sandbox({
      ...options,
      environment: { ...environment, NODE_OPTIONS: `--require ${PROBE}` },
      log: (line) => this.#take(line),
    });
  }

  /** How many processes there were: one, unless the first crashed. */
  get starts(): number {
    return this.#starts;
  }

  invoke(event: unknown, requestId?: string): Promise<Invoked> {
    return this.#sandbox.invoke(event, requestId === undefined ? {} : { requestId });
  }

  /** The resources that the process holds now. */
  residue(): Promise<Residue> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      process.kill(this.#pid, 'SIGUSR2');
    });
  }

  /** Stops the process as Lambda freezes one, does something, and lets it go on. */
  async frozen(act: () => void | Promise<void>): Promise<void> {
    process.kill(this.#pid, 'SIGSTOP');
    try {
      await act();
    } finally {
      process.kill(this.#pid, 'SIGCONT');
    }
  }

  stop(): Promise<void> {
    return this.#sandbox.stop();
  }

  #take(line: string): void {
    if (!line.startsWith('probe ')) {
      this.lines.push(line);
      return;
    }
    const told = JSON.parse(line.slice('probe '.length));
    if ('pid' in told) {
      this.#pid = told.pid;
      this.#starts += 1;
    } else this.#waiting?.(told);
  }
}
