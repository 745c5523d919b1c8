/** The rotation function on a server, with secrets that rotate. */
import type { Sandbox } from '../../infra/local/sandbox.ts';
import { built } from '../support/built.ts';
import { startWorld, type World } from '../support/world.ts';
import type { Account, XmppServer } from '../support/xmpp-server.ts';

/** The four steps, as Secrets Manager takes them. */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type Step = (typeof STEPS)[number];

export interface RotationWorld<Server extends XmppServer = XmppServer> extends World<Server> {
  /** A secret of its own that holds this, and is set to rotate. */
  secretOf(value: unknown): RotatingSecret;
  /** Invokes the function with an event, with settings on top of those that work. */
  invoke(event: unknown, settings?: Readonly<Record<string, string>>): Promise<Taken>;
}

/** The result of a step: the log line's `outcome`, and whether it changed anything. */
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
  /** The credentials of a stage. */
  held(stage: string): Account & Readonly<Record<string, unknown>>;
}

export const ADMIN_SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:administrator';

/** Starts the functions on a server. The rotation function has the secret of an administrator, and starts at its first step. */
export async function startRotationWorld<Server extends XmppServer>(
  server: Server,
  administrator: Account,
): Promise<RotationWorld<Server>> {
  const world = await startWorld(server, built());
  const { secrets } = world;
  secrets.set(ADMIN_SECRET, 'AWSCURRENT', administrator);
  const sandboxes = new Map<string, Sandbox>();
  const sandboxWith = (settings: Readonly<Record<string, string>>): Sandbox => {
    const key = JSON.stringify(settings);
    const own = { EJABBERD_SECRET_ARN: '', ROTATION_ADMIN_SECRET_ARN: ADMIN_SECRET };
    const sandbox = sandboxes.get(key) ?? world.start('rotation', { ...own, ...settings });
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
    ...world,
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
  };
}
