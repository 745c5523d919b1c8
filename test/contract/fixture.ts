/** The bundled functions behind the local gateway, on one server, with one secret: what a contract test acts in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../infra/build.ts';
import { startGateway } from '../../infra/local/gateway.ts';
import { functionSettings } from '../support/function-settings.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import type { Presence, XmppClient, XmppServer } from '../support/xmpp-server.ts';

/** What a function answered by HTTP. */
export interface Answer {
  readonly status: number;
  /** The result, or the problem details. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls a method by its name. */
export type Call = (method: string, input: unknown) => Promise<Answer>;

export interface World {
  readonly server: XmppServer;
  readonly secrets: SecretsManager;
  readonly call: Call;
  /** The same functions in processes of their own, with other credentials. */
  withSecret(secret: string): Promise<Call>;
  /** Registers a user of its own for a test; the name says its part in it. */
  user(part: string, host?: string): Promise<User>;
  /** Every line that the functions logged. */
  readonly log: readonly string[];
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

/** Builds the functions and starts them on a server, which ends with the world. */
export async function startWorld(server: XmppServer): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-contract-'));
  const [{ functions }, secrets] = await Promise.all([build(folder), startSecretsManager()]);
  secrets.set(ACCOUNT_SECRET, 'AWSCURRENT', server.account);
  const log: string[] = [];
  const stops: (() => Promise<void>)[] = [];

  const withSecret = async (secret: string): Promise<Call> => {
    const gateway = await startGateway({
      port: 0,
      functions,
      log: (_, line) => log.push(line),
      environment: functionSettings(server, secrets, secret),
    });
    stops.push(() => gateway.stop());
    return (method, input) => post(`${gateway.url}/${method}`, input);
  };

  let users = 0;
  return {
    server,
    secrets,
    log,
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
      await Promise.all([secrets.stop(), server.stop(), rm(folder, { recursive: true })]);
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
