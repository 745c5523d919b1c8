/** What `npm start` starts, in the test's own process and on a free port. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../infra/build.ts';
import { startDemo } from '../../infra/local/embedded/demo.ts';
import type { ServerState } from '../../infra/local/embedded/state.ts';
import { startGateway } from '../../infra/local/gateway.ts';

/** A running API on the embedded server of `npm start`. */
export interface LocalApi {
  readonly url: string;
  /** The users, rosters and sessions of the embedded server. */
  readonly state: ServerState;
  stop(): Promise<void>;
}

/**
 * Builds the functions and starts them.
 *
 * @param environment settings of the functions, besides the server's URL
 */
export async function startLocalApi(environment: Readonly<Record<string, string>> = {}): Promise<LocalApi> {
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-client-'));
  const [{ functions }, server] = await Promise.all([build(folder), startDemo()]);
  const gateway = await startGateway({
    port: 0,
    functions,
    environment: { ...environment, EJABBERD_URL: server.url },
  });
  return {
    url: gateway.url,
    state: server.state,
    async stop() {
      await gateway.stop();
      await Promise.all([server.stop(), rm(folder, { recursive: true })]);
    },
  };
}
