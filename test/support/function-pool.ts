/** As many processes of one function as Lambda would run at a time. */
import { type Invoked, Sandbox, type SandboxOptions } from '../../infra/local/sandbox.ts';

/** A function that takes several calls at a time. */
export interface FunctionPool {
  invoke(event: unknown): Promise<Invoked>;
  stop(): Promise<void>;
}

/** Opens one. A process starts with the first call that finds none idle. @param size the most processes */
export function openFunctionPool(options: SandboxOptions, size: number): FunctionPool {
  const sandboxes = Array.from({ length: size }, () => new Sandbox(options));
  const idle = [...sandboxes];
  const waiting: ((sandbox: Sandbox) => void)[] = [];
  return {
    async invoke(event) {
      const sandbox = idle.pop() ?? (await new Promise<Sandbox>((resolve) => waiting.push(resolve)));
      try {
        return await sandbox.invoke(event);
      } finally {
        const next = waiting.shift();
        if (next === undefined) idle.push(sandbox);
        else next(sandbox);
      }
    },
    stop: async () => void (await Promise.all(sandboxes.map((sandbox) => sandbox.stop()))),
  };
}
