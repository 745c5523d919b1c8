/** Runs the four steps of a rotation. Each step may be repeated after any outcome. */
import {
  ConfigurationError,
  type Credentials,
  CredentialsRejectedError,
  CredentialsUnavailableError,
  parseSecret,
  type SecretVersions,
} from 'rostbeef-layer';
import type { AccountServer } from './account.ts';
import type { Step } from './event.ts';

/** One rotation: its version, its secret, the server and the administrator. */
export interface Rotation {
  /** The id of the new version. */
  readonly versionId: string;
  readonly secret: SecretVersions;
  readonly server: AccountServer;
  /** The account that may set the password. */
  readonly administrator: () => Promise<Credentials>;
}

/** 40 letters and digits have 238 bits. Neither XML nor SASLprep changes these characters. */
const PASSWORD_LENGTH = 40;

/**
 * Runs a step.
 *
 * @returns whether the step changed or tested something. It is `false` if the step was already done
 * @throws ConfigurationError if the secret is not in this rotation, or holds another account in `AWSPENDING`
 * @throws CredentialsUnavailableError if a secret can't be read or written
 * @throws RostbeefError if a command on ejabberd fails
 */
export async function takeStep(step: Step, rotation: Rotation): Promise<boolean> {
  const { versionId, secret } = rotation;
  const { rotates, stagesOf } = await secret.describe();
  const stages = stagesOf.get(versionId) ?? [];
  if (!rotates) throw new ConfigurationError({ detail: 'the secret is not set to rotate' });
  if (stages.includes('AWSCURRENT')) return false;
  if (!stages.includes('AWSPENDING')) {
    throw new ConfigurationError({ detail: 'the version that ClientRequestToken names is not AWSPENDING' });
  }
  switch (step) {
    case 'createSecret':
      return createSecret(rotation);
    case 'setSecret':
      return setSecret(rotation);
    case 'testSecret':
      return testSecret(rotation);
    case 'finishSecret':
      return finishSecret(rotation, currentVersion(stagesOf));
  }
}

async function createSecret({ versionId, secret }: Rotation): Promise<boolean> {
  if ((await secret.read('AWSPENDING', versionId)) !== undefined) return false;
  const [current, password] = await Promise.all([currentText(secret), secret.randomPassword(PASSWORD_LENGTH)]);
  return secret.putPending(versionId, withPassword(current, password));
}

async function setSecret(rotation: Rotation): Promise<boolean> {
  const { pending } = await accounts(rotation);
  if (await rotation.server.takes(pending)) return false;
  await rotation.server.setPassword(pending, await rotation.administrator());
  return true;
}

/**
 * Tests the pending password. Secrets Manager also takes this step when rotation is set up, with a copy of the current
 * version. ejabberd may not know the account then. That is no failure, because nothing was rotated.
 */
async function testSecret(rotation: Rotation): Promise<boolean> {
  const { current, pending } = await accounts(rotation);
  try {
    await rotation.server.tryOut(pending);
    return true;
  } catch (error) {
    if (!(error instanceof CredentialsRejectedError) || pending.password !== current.password) throw error;
    return false;
  }
}

/** Moves `AWSCURRENT`. `AWSPENDING` stays, because its removal would mean a failed rotation to Secrets Manager. */
async function finishSecret({ versionId, secret }: Rotation, previousId: string | undefined): Promise<boolean> {
  try {
    await secret.makeCurrent(versionId, previousId);
    return true;
  } catch (error) {
    // If a response is lost, the SDK repeats the request, which then fails although it was done.
    const { stagesOf } = await secret.describe();
    if (currentVersion(stagesOf) === versionId) return true;
    throw error;
  }
}

function currentVersion(stagesOf: ReadonlyMap<string, readonly string[]>): string | undefined {
  return [...stagesOf].find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
}

async function currentText(secret: SecretVersions): Promise<string> {
  const text = await secret.read('AWSCURRENT');
  if (text === undefined) throw new CredentialsUnavailableError({ detail: 'the secret has no value yet' });
  return text;
}

/** Reads both accounts, and refuses different ones. The right to write the secret must not change another account's password. */
async function accounts({ versionId, secret }: Rotation): Promise<Record<'current' | 'pending', Credentials>> {
  const [currentSecret, pendingSecret] = await Promise.all([currentText(secret), secret.read('AWSPENDING', versionId)]);
  if (pendingSecret === undefined) {
    throw new CredentialsUnavailableError({
      detail: 'the secret’s new version has no value yet: run createSecret first',
    });
  }
  const [current, pending] = [parseSecret(currentSecret), parseSecret(pendingSecret)];
  if (current.user !== pending.user || current.server !== pending.server) {
    throw new ConfigurationError({ detail: 'AWSPENDING holds another account than AWSCURRENT' });
  }
  return { current, pending };
}

/** Replaces the password in the text of a secret. Its other members stay. */
function withPassword(text: string, password: string): string {
  parseSecret(text);
  return JSON.stringify({ ...JSON.parse(text), password });
}
