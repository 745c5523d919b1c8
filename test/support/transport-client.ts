/** The transport as a test uses it. */
import { afterEach } from 'vitest';
import { createEndpoint, type EndpointOptions, openSockets, post } from '../../functions/layer/http/index.ts';
import { Deadline } from '../../functions/layer/shared/deadline.ts';
import { type Script, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

const stops: (() => unknown)[] = [];

/** Stops something when the test ends. */
export function stopLater(...stop: (() => unknown)[]): void {
  stops.push(...stop);
}

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server that stops with the test. */
export const serve = async (
  script: Script,
  tls?: Parameters<typeof startScriptedServer>[1],
): Promise<ScriptedServer> => {
  const server = await startScriptedServer(script, tls);
  stops.push(() => server.stop());
  return server;
};

/** An endpoint as a container has it, and its calls in one invocation. */
export function client(url: URL, options: Partial<EndpointOptions> = {}) {
  const endpoint = createEndpoint({ url, ca: undefined, maxResponseBytes: 1_000, maxSockets: 10, ...options });
  const sockets = openSockets(endpoint);
  stops.push(
    () => endpoint.kept.destroy(),
    () => sockets.close(),
  );
  const send = async (idempotent: boolean, { fresh = false, timeoutMs = 2_000, body = 'body' } = {}) => {
    const deadline = new Deadline(timeoutMs);
    try {
      return (await post(endpoint, body, { deadline, idempotent, sockets, fresh })).toString();
    } finally {
      deadline.end();
    }
  };
  return {
    read: (options?: Parameters<typeof send>[1]) => send(true, options),
    write: (options?: Parameters<typeof send>[1]) => send(false, options),
  };
}

/** Why a call failed. */
export const failureOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'no failure',
    (error: unknown) => error,
  );
