import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { xmlrpcCall } from '../support/xmlrpc-call.ts';
import type { XmppServer } from '../support/xmpp-server.ts';
import {
  ADMIN_SECRET,
  type RotatingSecret,
  type RotationWorld,
  STEPS,
  startRotationWorld,
} from './rotation-fixture.ts';

const DONE = { outcome: 'ok', changed: true, message: '' };
const NOTHING_TO_DO = { outcome: 'ok', changed: false, message: '' };

let server: XmppServer;
let world: RotationWorld;
let secret: RotatingSecret;
beforeAll(async () => {
  server = await startEmbeddedEjabberd('24.12');
  world = await startRotationWorld(server, server.account);
});
afterAll(() => world.stop());
beforeEach(async () => {
  const user = `user-${crypto.randomUUID()}`;
  await server.register(user);
  // The embedded server's users have this password, and no permission but their own password's.
  secret = world.secretOf({ user, server: server.host, password: 'password' });
});

const labels = () => world.secrets.versions(secret.arn).labels();

/** Whether the server takes the password that a stage holds. */
async function isSet(stage: string): Promise<boolean> {
  const { user, server: host, password } = secret.held(stage);
  const credentials = { user, server: host, password };
  const fault = await xmlrpcCall(server.url, 'check_account', [credentials, { user, host }]).catch(String);
  return !String(fault).includes('Invalid authentication data');
}

describe('createSecret', () => {
  it('makes a version with a password of 40 letters and digits, and all else as it was', async () => {
    const { user } = secret.held('AWSCURRENT');
    const value = { note: [1, { two: null }], user, server: server.host, password: 'password' };
    secret = world.secretOf(value);
    const id = secret.begin();
    expect(await secret.take('createSecret')).toEqual(DONE);
    const { password, ...rest } = secret.held('AWSPENDING');
    expect(password).toMatch(/^[A-Za-z0-9]{40}$/);
    expect({ ...rest, password: 'password' }).toEqual(value);
    expect(secret.held('AWSCURRENT')).toEqual(value);
    expect(labels()[id]).toEqual(['AWSPENDING']);
  });

  it('keeps the version that is there when it is repeated', async () => {
    secret.begin();
    await secret.take('createSecret');
    const { password } = secret.held('AWSPENDING');
    expect(await secret.take('createSecret')).toEqual(NOTHING_TO_DO);
    expect(secret.held('AWSPENDING').password).toBe(password);
  });

  it('makes one version when it runs twice at a time', async () => {
    secret.begin();
    const other = { EJABBERD_TIMEOUT_MS: '9999' };
    const taken = await Promise.all([secret.take('createSecret'), secret.take('createSecret', other)]);
    expect(taken.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    const versions = Object.values(labels()).flat();
    expect(versions.sort()).toEqual(['AWSCURRENT', 'AWSPENDING']);
  });

  it('puts the version once if the answer is lost', async () => {
    secret.begin();
    world.secrets.loseAnswer('PutSecretValue');
    const before = world.secrets.calls.length;
    expect((await secret.take('createSecret')).outcome).toBe('ok');
    expect(world.secrets.calls.slice(before).filter((call) => call === 'PutSecretValue')).toHaveLength(2);
    expect(await secret.take('setSecret')).toEqual(DONE);
    expect(await isSet('AWSPENDING')).toBe(true);
  });

  it('fails if Secrets Manager refuses, and can be repeated', async () => {
    secret.begin();
    world.secrets.failWith({ status: 400, type: 'AccessDeniedException' });
    const refused = await secret.take('createSecret');
    world.secrets.failWith(undefined);
    expect(refused.outcome).toBe('CredentialsUnavailableError');
    expect(refused.message).toMatch(/secretsmanager:DescribeSecret/);
    expect(await secret.take('createSecret')).toEqual(DONE);
  });

  it('says what a secret lacks that is no account’s, without its values', async () => {
    secret = world.secretOf({ user: 'canary-user', passwort: 'canary-password' });
    secret.begin();
    const { outcome, message } = await secret.take('createSecret');
    expect(outcome).toBe('CredentialsUnavailableError');
    expect(message).toContain('the secret lacks server, password');
    expect(message).not.toContain('canary');
  });
});

describe('setSecret', () => {
  it('sets the pending password on the server, once', async () => {
    secret.begin();
    await secret.take('createSecret');
    expect(await isSet('AWSPENDING')).toBe(false);
    expect(await secret.take('setSecret')).toEqual(DONE);
    expect([await isSet('AWSCURRENT'), await isSet('AWSPENDING')]).toEqual([false, true]);
    expect(await secret.take('setSecret')).toEqual(NOTHING_TO_DO);
  });

  it('finds done what a function did that ended before it answered', async () => {
    secret.begin();
    await secret.take('createSecret');
    await server.changePassword(secret.held('AWSCURRENT'), secret.held('AWSPENDING').password);
    const before = world.secrets.reads.length;
    expect(await secret.take('setSecret')).toEqual(NOTHING_TO_DO);
    expect(world.secrets.reads.slice(before)).not.toContain(`${ADMIN_SECRET} AWSCURRENT`);
  });

  it('waits for createSecret', async () => {
    secret.begin();
    const { outcome, message } = await secret.take('setSecret');
    expect(outcome).toBe('CredentialsUnavailableError');
    expect(message).toContain('run createSecret first');
  });

  it('sets no password of another account than the secret’s', async () => {
    const id = secret.begin();
    const victim = { user: 'rostbeef', server: server.host, password: 'canary' };
    world.secrets.versions(secret.arn).put(id, JSON.stringify(victim), ['AWSPENDING']);
    const { outcome, message } = await secret.take('setSecret');
    expect(outcome).toBe('ConfigurationError');
    expect(message).toContain('another account');
    expect(await isSet('AWSPENDING')).toBe(false);
  });

  it('names the administrator’s secret if it is not set', async () => {
    secret.begin();
    await secret.take('createSecret');
    const { outcome, message } = await secret.take('setSecret', { ROTATION_ADMIN_SECRET_ARN: 'absent' });
    expect(outcome).toBe('CredentialsUnavailableError');
    expect(message).toContain('ROTATION_ADMIN_SECRET_ARN names a secret that does not exist');
    expect(await isSet('AWSCURRENT')).toBe(true);
  });

  it('says that ejabberd can not be reached, and can be repeated', async () => {
    secret.begin();
    await secret.take('createSecret');
    const closed = { EJABBERD_URL: 'http://127.0.0.1:1/' };
    expect(await secret.take('setSecret', closed)).toMatchObject({ outcome: 'EjabberdUnreachableError' });
    expect(await secret.take('setSecret')).toEqual(DONE);
  });
});

describe('testSecret', () => {
  it('runs a command as the account, and fails with the reason if the account may not', async () => {
    secret.begin();
    await secret.take('createSecret');
    expect(await secret.take('testSecret')).toMatchObject({ outcome: 'CredentialsRejectedError' });
    await secret.take('setSecret');
    const { outcome, message } = await secret.take('testSecret');
    expect(outcome).toBe('PermissionDeniedError');
    expect(message).toContain('check_account');
  });
});

describe('finishSecret', () => {
  it('makes the version current and the one before it previous, once', async () => {
    const [before = ''] = Object.keys(labels());
    const id = secret.begin();
    await secret.take('createSecret');
    await secret.take('setSecret');
    expect(await secret.take('finishSecret')).toEqual(DONE);
    expect(labels()).toEqual({ [before]: ['AWSPREVIOUS'], [id]: ['AWSPENDING', 'AWSCURRENT'] });
    expect(await secret.take('finishSecret')).toEqual(NOTHING_TO_DO);
  });

  it('is done if the answer is lost', async () => {
    const id = secret.begin();
    await secret.take('createSecret');
    world.secrets.loseAnswer('UpdateSecretVersionStage');
    expect(await secret.take('finishSecret')).toEqual(DONE);
    expect(labels()[id]).toContain('AWSCURRENT');
  });
});

describe('every step', () => {
  it('can be taken again after the last one, and does nothing then', async () => {
    secret.begin();
    for (const step of ['createSecret', 'setSecret', 'finishSecret'] as const) await secret.take(step);
    const held = secret.held('AWSCURRENT');
    for (const step of STEPS) expect(await secret.take(step)).toEqual(NOTHING_TO_DO);
    expect(secret.held('AWSCURRENT')).toEqual(held);
    expect(await isSet('AWSCURRENT')).toBe(true);
  });

  it.each(STEPS)('%s refuses a secret that is not set to rotate, and a version that is not pending', async (step) => {
    const event = { Step: step, SecretId: secret.arn, ClientRequestToken: 'no-such-version' };
    expect(await world.invoke(event)).toMatchObject({
      outcome: 'ConfigurationError',
      message: expect.stringContaining('not set to rotate'),
    });
    secret.begin();
    expect(await world.invoke(event)).toMatchObject({
      outcome: 'ConfigurationError',
      message: expect.stringContaining('not AWSPENDING'),
    });
  });
});

describe('the function', () => {
  it('tells every wrong setting at once', async () => {
    secret.begin();
    const settings = { EJABBERD_URL: 'ftp://canary', EJABBERD_TIMEOUT_MS: 'soon', ROTATION_ADMIN_SECRET_ARN: '' };
    const { outcome, message } = await secret.take('createSecret', settings);
    expect(outcome).toBe('ConfigurationError');
    expect(message).toMatch(/EJABBERD_URL .*EJABBERD_TIMEOUT_MS .*ROTATION_ADMIN_SECRET_ARN /);
    expect(message).not.toContain('canary');
  });

  it('refuses a server that takes no credentials', async () => {
    secret.begin();
    const { outcome, message } = await secret.take('createSecret', { EJABBERD_DIALECT: 'rostbeef' });
    expect(outcome).toBe('ConfigurationError');
    expect(message).toContain('EJABBERD_DIALECT must be "ejabberd"');
  });

  it.each([
    ['no object', 'x', 'SecretId .*ClientRequestToken .*Step '],
    ['of an unknown step', { Step: 'x', SecretId: 'a', ClientRequestToken: 'b' }, 'Step must be one of createSecret'],
    ['without a token', { Step: 'setSecret', SecretId: 'a' }, 'ClientRequestToken must be'],
  ])('refuses an event that is %s', async (_, event, text) => {
    const { outcome, message } = await world.invoke(event);
    expect(outcome).toBe('InvalidInputError');
    expect(message).toMatch(new RegExp(text));
  });

  it('writes one line a step, with the secret’s ARN and neither its password nor the new one', async () => {
    const id = secret.begin();
    const before = world.log.length;
    await secret.take('createSecret');
    await secret.take('setSecret');
    const lines = world.log.slice(before);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(
      ['createSecret', 'setSecret'].map((step) => ({
        level: 'INFO',
        operation: 'rotation',
        step,
        secretArn: secret.arn,
        versionId: id,
        outcome: 'ok',
        changed: true,
      })),
    );
    expect(lines.join()).not.toContain(secret.held('AWSPENDING').password);
    const known = [server.account.password, 'canary-password', '"password"'];
    expect(world.log.filter((line) => known.some((password) => line.includes(password)))).toEqual([]);
  });
});
