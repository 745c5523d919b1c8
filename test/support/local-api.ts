/** The API of `npm start`, in the test's own process and on a free port. */
import { startDemo } from '../../infra/local/embedded/demo.ts';
import type { ServerState } from '../../infra/local/embedded/state.ts';
import { type GatewayOptions, startGateway } from '../../infra/local/gateway.ts';
import { built } from './built.ts';

/** A running API on the embedded server of `npm start`. */
export interface LocalApi {
  readonly url: string;
  /** The users, rosters and sessions of the embedded server. */
  readonly state: ServerState;
  stop(): Promise<void>;
}

/** Starts it. @param options of the gateway. Their `environment` is added to the URL of the server */
export async function startLocalApi({ environment, ...options }: Partial<GatewayOptions> = {}): Promise<LocalApi> {
  const server = await startDemo();
  const gateway = await startGateway({
    port: 0,
    functions: built().functions,
    environment: { ...environment, EJABBERD_URL: server.url },
    ...options,
  });
  return {
    url: gateway.url,
    state: server.state,
    async stop() {
      await gateway.stop();
      await server.stop();
    },
  };
}
