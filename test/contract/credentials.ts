import { describe, expect, it } from 'vitest';
import { ACCOUNT_SECRET, type World } from '../support/world.ts';

/** Tests the account that the functions use. */
export function credentialsContract(world: () => World): void {
  const input = () => ({ user: 'ghost', server: world().server.host });

  describe('the account', () => {
    it('is refused with a wrong password, which no answer and no log line holds', async () => {
      const { secrets, server, withSecret, log } = world();
      secrets.set('wrong', 'AWSCURRENT', { ...server.account, password: 'not-the-password' });
      const call = await withSecret('wrong');
      const answer = await call('get_presence', input());
      expect(answer).toMatchObject({ status: 502, body: { name: 'CredentialsRejectedError', retryable: false } });
      expect(JSON.stringify([answer, log])).not.toContain('not-the-password');
    });

    it('is told which command it may not run, and what to set', async () => {
      const { secrets, server, withSecret } = world();
      secrets.set('powerless', 'AWSCURRENT', server.powerless);
      const call = await withSecret('powerless');
      const answer = await call('get_presence', input());
      expect(answer).toMatchObject({ status: 502, body: { name: 'PermissionDeniedError', retryable: false } });
      expect(answer.body['detail']).toMatch(/user_sessions_info.*api_permissions/);
    });

    it('is read once, and again after its password was changed', async () => {
      const { secrets, server, withSecret } = world();
      const name = `rotating-${crypto.randomUUID()}`;
      const account = { ...server.account };
      secrets.set(name, 'AWSCURRENT', account);
      const call = await withSecret(name);
      const reads = () => secrets.reads.filter((read) => read.startsWith(name));
      const calls = () => Promise.all(Array.from({ length: 5 }, () => call('get_resources', input())));
      const names = (answers: Awaited<ReturnType<typeof calls>>) => [
        ...new Set(answers.map(({ body }) => body['name'])),
      ];

      expect(names(await calls())).toEqual(['ItemNotFoundError']);
      expect(reads()).toEqual([`${name} AWSCURRENT`]);

      // The server has the new password before the stage moves: createSecret, setSecret, then finishSecret.
      const renewed = { ...account, password: `${account.password}-renewed` };
      secrets.set(name, 'AWSPENDING', renewed);
      await server.changePassword(account, renewed.password);
      secrets.set(ACCOUNT_SECRET, 'AWSCURRENT', renewed);
      try {
        expect(names(await calls())).toEqual(['ItemNotFoundError']);
        secrets.set(name, 'AWSCURRENT', renewed);
        secrets.set(name, 'AWSPENDING', undefined);
        expect(names(await calls())).toEqual(['ItemNotFoundError']);
        expect(reads()).toEqual([`${name} AWSCURRENT`, `${name} AWSCURRENT`, `${name} AWSPENDING`]);
      } finally {
        await server.changePassword(renewed, account.password);
        secrets.set(ACCOUNT_SECRET, 'AWSCURRENT', account);
      }
    });

    it('is unavailable if the secret lacks a member, and the error has none of its values', async () => {
      const { secrets, withSecret } = world();
      secrets.set('incomplete', 'AWSCURRENT', { user: 'canary-user', passwort: 'canary-password' });
      const answer = await (await withSecret('incomplete'))('get_presence', input());
      expect(answer).toMatchObject({ status: 503, body: { name: 'CredentialsUnavailableError', retryable: true } });
      expect(answer.body['detail']).toMatch(/server, password/);
      expect(JSON.stringify(answer)).not.toContain('canary');
    });
  });
}

/** Tests a server without accounts, which serves every caller. */
export function withoutCredentialsContract(world: () => World): void {
  describe('the account', () => {
    it('is not read, which each container says once', async () => {
      const { secrets, server, withSecret, log } = world();
      const name = `unread-${crypto.randomUUID()}`;
      secrets.set(name, 'AWSCURRENT', server.account);
      const warnings = () => log.filter((line) => line.includes('EJABBERD_SECRET_ARN'));
      const call = await withSecret(name);
      const before = warnings().length;
      for (let calls = 0; calls < 3; calls += 1) await call('get_presence', { user: 'ghost', server: server.host });
      expect(secrets.reads).toEqual([]);
      expect(
        warnings()
          .slice(before)
          .map((line) => JSON.parse(line)),
      ).toMatchObject([{ level: 'WARN' }]);
    });
  });
}
