/** The bundled rotation function, under the Lambda runtime, on a server and a stand-in for Secrets Manager. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Built, build } from '../../infra/build.ts';
import { Sandbox } from '../../infra/local/sandbox.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import type { Account, XmppServer } from '../support/xmpp-server.ts';

/** The four steps, as Secrets Manager takes them. */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type Step = (typeof STEPS)[number];

export interface RotationWorld {
  readonly built: Built;
  readonly secrets: SecretsManager;
  /** What the functions and the rotation function have in common. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every line that the rotation function wrote. */
  readonly log: readonly string[];
  /** A secret of its own that holds this, and is set to rotate. */
  secretOf(value: unknown): RotatingSecret;
  /** Invokes the function with an event, with settings on top of those that work. */
  invoke(event: unknown, settings?: Readonly<Record<string, string>>): Promise<Taken>;
  stop(): Promise<void>;
}

/** What came of a step: the log line's `outcome`, and whether it changed anything. */
export interface Taken {
  readonly outcome: unknown;
  readonly changed: unknown;
  readonly message: string;
}

export interface RotatingSecret {
  readonly arn: string;
  /** Begins a rotation, which is what these are of. */
  begin(): string;
  take(step: Step, settings?: Readonly<Record<string, string>>): Promise<Taken>;
  /** What a stage holds. */
  held(stage: string): Account & Readonly<Record<string, unknown>>;
}

export const ADMIN_SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:administrator';

/** Builds all functions, and starts the rotation function at its first step. The server is the caller's. */
export async function startRotationWorld(server: XmppServer, administrator: Account): Promise<RotationWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-rotation-'));
  const [built, secrets] = await Promise.all([build(folder), startSecretsManager()]);
  secrets.set(ADMIN_SECRET, 'AWSCURRENT', administrator);
  const bundle = built.operations['rotation'];
  if (bundle === undefined) throw new Error('there is no rotation function');
  const environment = {
    EJABBERD_URL: server.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const log: string[] = [];
  const sandboxes = new Map<string, Sandbox>();
  const sandboxWith = (settings: Readonly<Record<string, string>>): Sandbox => {
    const key = JSON.stringify(settings);
    const merged = { ...environment, ROTATION_ADMIN_SECRET_ARN: ADMIN_SECRET, ...settings };
    const options = { ...bundle, name: 'rotation', environment: merged, log: (line: string) => log.push(line) };
    const sandbox = sandboxes.get(key) ?? new Sandbox(options);
    sandboxes.set(key, sandbox);
    return sandbox;
  };

  const invoke: RotationWorld['invoke'] = async (event, settings = {}) => {
    const invoked = await sandboxWith(settings).invoke(event);
    const line = invoked.log.find((text) => text.startsWith('{"level"'));
    const { outcome, changed } = JSON.parse(line ?? '{}');
    if (invoked.kind === 'result') return { outcome, changed, message: '' };
    return { outcome: invoked.errorType, changed, message: invoked.errorMessage };
  };

  return {
    built,
    secrets,
    environment,
    log,
    invoke,
    secretOf(value) {
      const arn = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:account-${crypto.randomUUID()}`;
      let token = '';
      secrets.set(arn, 'AWSCURRENT', value);
      return {
        arn,
        begin() {
          token = secrets.versions(arn).beginRotation();
          return token;
        },
        take: (step, settings) => invoke({ Step: step, SecretId: arn, ClientRequestToken: token }, settings),
        held: (stage) => JSON.parse(secrets.versions(arn).read(stage, undefined).value),
      };
    },
    async stop() {
      await Promise.all([...sandboxes.values()].map((sandbox) => sandbox.stop()));
      await Promise.all([secrets.stop(), rm(folder, { recursive: true })]);
    },
  };
}
