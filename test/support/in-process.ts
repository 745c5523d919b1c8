/** The handlers of all methods in the test's own process, with settings of its own, and the lines they log. */
import type { Context } from 'aws-lambda';
import { catalogue, createHandler, type MethodName } from 'rostbeef-layer';
import { vi } from 'vitest';

/** The handlers, and what they logged since `log` was emptied. */
export interface Handlers {
  readonly log: string[];
  /** Resolves to what the handler returned, or to the error that it threw. */
  call(method: MethodName, event: unknown): Promise<unknown>;
}

/** Makes them. A test file has one process, and so one set of settings; `vi.restoreAllMocks` lets the log through again. */
export function openHandlers(settings: Readonly<Record<string, string>>): Handlers {
  for (const name of Object.keys(process.env)) if (name.startsWith('EJABBERD_')) delete process.env[name];
  Object.assign(process.env, settings);
  const log: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => log.push(String(line).trim()) > 0);
  const handlers = new Map(catalogue.map((method) => [method.name, createHandler(method)]));
  let calls = 0;
  return {
    log,
    async call(method, event) {
      calls += 1;
      const context = { awsRequestId: `request-${calls}`, getRemainingTimeInMillis: () => 30_000 } as Context;
      return handlers
        .get(method)?.(event, context)
        .catch((error: unknown) => error);
    },
  };
}
