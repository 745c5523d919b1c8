/** The bundled functions on one server, with one Secrets Manager: the place that tests of the functions act in. */
import { startGateway } from '../../infra/local/gateway.ts';
import { Sandbox, type SandboxOptions } from '../../infra/local/sandbox.ts';
import { type Bundles, bundleOf } from './bundles.ts';
import { functionSettings } from './function-settings.ts';
import { type SecretsManager, startSecretsManager } from './secrets-manager.ts';
import type { Presence, XmppClient, XmppServer } from './xmpp-server.ts';

/** An HTTP response of a function. */
export interface Answer {
  readonly status: number;
  /** The result, or the problem details. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls a method by its name. */
export type Call = (method: string, input: unknown) => Promise<Answer>;

/** Environment variables. An empty value unsets a variable. */
export type Settings = Readonly<Record<string, string>>;

export interface World<Server extends XmppServer = XmppServer> {
  readonly server: Server;
  readonly secrets: SecretsManager;
  readonly bundles: Bundles;
  /** Returns the settings of a function. @param secret @default {@link ACCOUNT_SECRET} */
  settings(secret?: string): Settings;
  /**
   * Starts a function in a process of its own, in which calls queue. The process ends with the world.
   *
   * @param settings are added to {@link World.settings}
   */
  start(name: string, settings?: Settings, options?: Partial<SandboxOptions>): Sandbox;
  /** Calls a function by HTTP. */
  readonly call: Call;
  /** Starts the same functions in other processes, with another secret. */
  withSecret(secret: string): Promise<Call>;
  /** Registers a user for one test. @param part the user’s part in the test, which begins the name */
  user(part: string, host?: string): Promise<User>;
  /** Every line that the functions logged. */
  readonly log: readonly string[];
  /** Stops everything, and the server. */
  stop(): Promise<void>;
}

/** A registered user. */
export interface User {
  readonly name: string;
  readonly server: string;
  readonly jid: string;
  /** The members `user` and `server` of the methods that read. */
  readonly member: { readonly user: string; readonly server: string };
  login(resource: string, presence?: Presence): Promise<XmppClient>;
}

/** The secret of the account that may do everything. */
export const ACCOUNT_SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ejabberd';

/** Starts the functions on a server, with a secret of the server’s account. */
export async function startWorld<Server extends XmppServer>(server: Server, bundles: Bundles): Promise<World<Server>> {
  const secrets = await startSecretsManager();
  secrets.set(ACCOUNT_SECRET, 'AWSCURRENT', server.account);
  const log: string[] = [];
  const stops: (() => Promise<void>)[] = [];
  const settings = (secret = ACCOUNT_SECRET): Settings => functionSettings(server, secrets, secret);

  const withSecret = async (secret: string): Promise<Call> => {
    const gateway = await startGateway({
      port: 0,
      functions: bundles.functions,
      log: (_, line) => log.push(line),
      environment: settings(secret),
    });
    stops.push(() => gateway.stop());
    return (method, input) => post(`${gateway.url}/${method}`, input);
  };

  let users = 0;
  return {
    server,
    secrets,
    bundles,
    log,
    settings,
    start(name, others = {}, options = {}) {
      const environment = { ...settings(), ...others };
      const sandbox = new Sandbox({
        ...bundleOf(bundles, name),
        name,
        environment,
        log: (line) => log.push(line),
        ...options,
      });
      stops.push(() => sandbox.stop());
      return sandbox;
    },
    call: await withSecret(ACCOUNT_SECRET),
    withSecret,
    async user(part, host = server.host) {
      users += 1;
      const name = `${part}-${users}`;
      await server.register(name, host);
      return {
        name,
        server: host,
        jid: `${name}@${host}`,
        member: { user: name, server: host },
        login: (resource, presence) => server.connect(name, resource, presence, host),
      };
    },
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
      await Promise.all([secrets.stop(), server.stop()]);
    },
  };
}

async function post(url: string, input: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const body = (await response.json()) as Answer['body'];
  return { status: response.status, body };
}
