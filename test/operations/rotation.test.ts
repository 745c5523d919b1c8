import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEjabberd, describeInFull } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { xmlrpcCall } from '../support/xmlrpc-call.ts';
import type { Account } from '../support/xmpp-server.ts';
import { ADMIN_SECRET, type RotationWorld, STEPS, startRotationWorld } from './rotation-fixture.ts';
import { startLoad } from './rotation-load.ts';

/** Secrets Manager takes seconds from one step to the next. */
const PAUSE_MS = 500;

const DONE = { outcome: 'ok', changed: true, message: '' };

for (const [release, describeRelease] of [
  ['23.01', describeInFull],
  ['24.12', describeEjabberd],
] as const) {
  await describeRelease(release, `rotation on a real ejabberd ${release}`, (root) => {
    let server: RealEjabberd;
    let world: RotationWorld;
    beforeAll(async () => {
      server = await startRealEjabberd(root);
      world = await startRotationWorld(server, server.rotator);
    });
    afterAll(() => world.stop());

    const runAs = (account: Account, command: string, args: Record<string, string>) =>
      xmlrpcCall(server.url, command, [{ ...account }, args]);
    const newpass = { user: 'rostbeef', host: 'xmpp.test', newpass: 'canary' };

    it('two rotations in a row fail no call in flight and no call of a container that starts meanwhile', async () => {
      const secret = world.secretOf({ ...server.account, note: 'kept' });
      // The second rotation comes within ten seconds of the first: calls wait for the next read of the secret.
      const timeout = { EJABBERD_TIMEOUT_MS: '20000' };
      const environment = { ...world.settings(secret.arn), ...timeout };
      const load = await startLoad(server, world.bundles.functions, environment);
      try {
        await load.addGateway();
        await sleep(2 * PAUSE_MS);
        const passwords = [secret.held('AWSCURRENT').password];
        const callsBy: number[] = [];
        for (const _ of ['first', 'second']) {
          secret.begin();
          for (const step of STEPS) {
            expect(await secret.take(step)).toEqual(DONE);
            // Such a container reads the old password, which is still the current one.
            if (step === 'setSecret') await load.addGateway();
            await sleep(PAUSE_MS);
          }
          passwords.push(secret.held('AWSCURRENT').password);
          callsBy.push(load.durations.length);
        }
        const waiting = load.durations.length;
        await expect.poll(() => load.durations.length - waiting, { timeout: 15_000 }).toBeGreaterThan(200);
        await load.stop();
        const [first = 0] = callsBy;
        const summary = (durations: readonly number[]) =>
          `${durations.length} calls of at most ${Math.round(Math.max(...durations))} ms`;
        console.log(
          `${release}: ${summary(load.durations.slice(0, first))} up to the end of the first rotation, ` +
            `${summary(load.durations.slice(first))} after it, ${load.failures.length} failed`,
        );
        expect(load.failures.slice(0, 5)).toEqual([]);
        expect(first).toBeGreaterThan(100);
        expect(new Set(passwords).size).toBe(3);
        expect(secret.held('AWSCURRENT')).toEqual({ ...server.account, note: 'kept', password: passwords[2] });
        const [, replaced = '', current = ''] = passwords;
        const check = { user: 'ann', host: server.host };
        expect(await runAs({ ...server.account, password: current }, 'check_account', check)).toEqual({ res: 0 });
        await expect(runAs({ ...server.account, password: replaced }, 'check_account', check)).rejects.toThrow(
          'Invalid authentication data',
        );
      } finally {
        await load.stop();
        await server.changePassword(server.account, server.account.password);
      }
    }, 90_000);

    it('is refused to the account of the functions, and the administrator may do nothing else', async () => {
      await expect(runAs(server.account, 'change_password', newpass)).rejects.toThrow('access_rules_unauthorized');
      const check = { user: 'rostbeef', host: server.host };
      await expect(runAs(server.rotator, 'check_account', check)).rejects.toThrow('access_rules_unauthorized');
    });

    it('says what the administrator lacks, and goes on once it has it', async () => {
      const secret = world.secretOf(server.account);
      secret.begin();
      await secret.take('createSecret');
      world.secrets.set(ADMIN_SECRET, 'AWSCURRENT', server.account);
      const refused = await secret.take('setSecret');
      expect(refused.outcome).toBe('PermissionDeniedError');
      expect(refused.message).toMatch(/allow change_password .* ejabberd\.yml, under api_permissions/);
      world.secrets.set(ADMIN_SECRET, 'AWSCURRENT', { ...server.rotator, password: 'canary' });
      const rejected = await secret.take('setSecret');
      expect(rejected.outcome).toBe('CredentialsRejectedError');
      expect(rejected.message).toContain('ROTATION_ADMIN_SECRET_ARN');
      world.secrets.set(ADMIN_SECRET, 'AWSCURRENT', server.rotator);
      for (const step of STEPS.slice(1)) expect(await secret.take(step)).toEqual(DONE);
      await server.changePassword(server.account, server.account.password);
    });

    it('names the account that the server does not have', async () => {
      const secret = world.secretOf({ ...server.account, user: 'nobody' });
      secret.begin();
      await secret.take('createSecret');
      const taken = await secret.take('setSecret');
      expect(taken.outcome).toBe('ItemNotFoundError');
      expect(taken.message).toContain('nobody@xmpp.test');
    });

    it('fails the test of a new password that ejabberd refuses', async () => {
      const secret = world.secretOf(server.account);
      secret.begin();
      await secret.take('createSecret');
      expect(await secret.take('testSecret')).toMatchObject({ outcome: 'CredentialsRejectedError' });
    });

    it('passes the test of the set-up, although the server does not have the account yet', async () => {
      const unknown = { ...server.account, password: 'not registered' };
      const secret = world.secretOf(unknown);
      // Secrets Manager copies the current version for this test.
      world.secrets.versions(secret.arn).put(secret.begin(), JSON.stringify(unknown), []);
      expect(await secret.take('testSecret')).toEqual({ outcome: 'ok', changed: false, message: '' });
    });

    it('keeps every password out of its log', () => {
      const passwords = [server.account.password, server.rotator.password, 'canary', 'not registered'];
      expect(world.log.length).toBeGreaterThan(10);
      expect(world.log.filter((line) => passwords.some((password) => line.includes(password)))).toEqual([]);
    });
  });
}
