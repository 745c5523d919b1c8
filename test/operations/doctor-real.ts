/** The doctor on a real ejabberd that is not set up well, in one way after the other. */

import { UNPROBED_COMMANDS } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding, Report } from '../../functions/operations/doctor/report.ts';
import { FUNCTION_COMMANDS, type Variation } from '../support/ejabberd/config.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { IS_FULL } from '../support/full.ts';
import type { SecretsManager } from '../support/secrets-manager.ts';
import type { Account } from '../support/xmpp-server.ts';
import { checksThat, examined, findingOf, useSecretsManager } from './examination.ts';

const COMMANDS: readonly string[] = FUNCTION_COMMANDS;

const ruleFor = (who: string, what: unknown, from = 'ejabberd_xmlrpc') => ({
  from: [from],
  who: [{ user: `${who}@xmpp.test` }],
  what,
});

/** Declares the tests for one release, whose packages are unpacked in `root`. */
export function doctorOnRealEjabberd(root: string, release: string): void {
  let secrets: SecretsManager;
  beforeAll(async () => {
    secrets = await useSecretsManager();
  });
  afterAll(() => secrets.stop());

  const on = (server: RealEjabberd, account: Account = server.account, settings: Record<string, string> = {}) => {
    secrets.set('account', 'AWSCURRENT', account);
    const environment = { EJABBERD_URL: server.url, EJABBERD_SECRET_ARN: 'account', ...settings };
    return examined(environment, { connections: 32 });
  };
  const withServer = async (variation: Variation, use: (server: RealEjabberd) => Promise<void>) => {
    const server = await startRealEjabberd(root, variation);
    await use(server).finally(() => server.stop());
  };
  /** Only this fails, and the lines that are printed for it fix it. */
  const expectMended = async (variation: Variation, { yaml }: Finding) => {
    await withServer({ ...variation, lines: yaml ?? '' }, async (server) => {
      expect(checksThat(await on(server), 'failed')).toEqual([]);
    });
  };

  // Each takes two starts of ejabberd. The lines that are printed are the same for both releases.
  const itFixes = release === '24.12' || IS_FULL ? it : it.skip;

  describe('set up well', () => {
    let server: RealEjabberd;
    beforeAll(async () => {
      server = await startRealEjabberd(root, { permissions: { exact: ruleFor('rostbeef', COMMANDS) } });
    });
    afterAll(() => server.stop());

    it('finds nothing wrong, and tells on which side of 24.02 the release is', async () => {
      const report = await on(server);
      expect(report).toMatchObject({ server: server.url, healthy: true });
      expect(checksThat(report, 'ok')).toHaveLength(13);
      const side = server.release === 'before-24.02' ? 'older than 24.02' : '24.02 or newer';
      expect(findingOf(report, 'release').found).toBe(`ejabberd ${side}`);
    });

    it('says that shared roster groups are unknown to an account that may not ask for them', async () => {
      expect(findingOf(await on(server), 'shared rosters')).toMatchObject({
        outcome: 'ok',
        found:
          'unknown, because the account may not run srg_list, srg_get_info, srg_get_members; they are optional. ' +
          'To look: ejabberdctl srg_list xmpp.test',
      });
    });

    it('changes nothing, though it tries every command', async () => {
      const client = await server.connect('rostbeef', 'phone', {});
      const before = client.received.length;
      expect((await on(server)).healthy).toBe(true);
      const owner = { user: 'rostbeef', host: server.host };
      expect(await server.command('get_roster', owner)).toEqual({ contacts: [] });
      expect(client.received.slice(before)).toEqual([]);
      await client.disconnect();
    });

    it('names a refused password as such', async () => {
      const report = await on(server, { ...server.account, password: 'wrong' });
      expect(checksThat(report, 'failed')).toEqual(['credentials']);
      expect(checksThat(report, 'skipped')).toEqual(['release', 'permissions', 'vhosts', 'shared rosters']);
      expect(findingOf(report, 'credentials').found).toBe('ejabberd refuses rostbeef@xmpp.test');
      expect(JSON.stringify(report)).not.toContain('wrong');
    });

    it('takes the pending password in a rotation, as the functions do', async () => {
      secrets.set('account', 'AWSPENDING', server.account);
      const report = await on(server, { ...server.account, password: 'old' });
      secrets.set('account', 'AWSPENDING', undefined);
      expect(report.healthy).toBe(true);
      expect(findingOf(report, 'credentials').found).toContain('a rotation is running');
    });

    it('names the vhosts that callers may name and the server does not have', async () => {
      const report = await on(server, server.account, { EJABBERD_SERVERS: 'xmpp.test,one.test,two.test' });
      expect(checksThat(report, 'failed')).toEqual(['vhosts']);
      expect(findingOf(report, 'vhosts').yaml).toBe('hosts:\n  - one.test\n  - two.test\n');
    });

    it('detects a path without a handler, and a path with another handler', async () => {
      for (const path of ['/elsewhere', '/api']) {
        const report = await on(server, server.account, { EJABBERD_URL: new URL(path, server.url).href });
        expect(checksThat(report, 'failed')).toEqual(['endpoint']);
        expect(findingOf(report, 'endpoint')).toMatchObject({
          found: expect.stringMatching(path === '/api' ? /^HTTP status 40\d at \/api$/ : /^HTTP status 404 at/),
          yaml: expect.stringContaining(`    request_handlers:\n      ${path}: ejabberd_xmlrpc\n`),
        });
      }
    });

    it('detects a port on which ejabberd does not speak HTTP', async () => {
      const report = await on(server, server.account, { EJABBERD_URL: `http://127.0.0.1:${server.c2sPort}/xmlrpc` });
      expect(checksThat(report, 'failed')).toEqual(['endpoint']);
    });

    it('detects a port without TLS', async () => {
      const report = await on(server, server.account, { EJABBERD_URL: server.url.replace('http:', 'https:') });
      expect(checksThat(report, 'failed')).toEqual(['TLS']);
      expect(findingOf(report, 'TLS').yaml).toContain('    tls: true\n');
    });
  });

  describe('with permissions that are missing', () => {
    const permissions = {
      ...Object.fromEntries(
        COMMANDS.map((name) => [
          `no ${name}`,
          ruleFor(
            `no-${name}`,
            COMMANDS.filter((other) => other !== name),
          ),
        ]),
      ),
      'wrong from': ruleFor('wrong-from', COMMANDS, 'ejabberd_ctl'),
    };
    let server: RealEjabberd;
    beforeAll(async () => {
      server = await startRealEjabberd(root, { permissions });
      for (const name of [...COMMANDS.map((command) => `no-${command}`), 'wrong-from']) await server.register(name);
    });
    afterAll(() => server.stop());

    const examinedAs = async (user: string): Promise<Report> =>
      on(server, { user, server: server.host, password: `password of ${user}` });

    it.each(COMMANDS.filter((name) => !UNPROBED_COMMANDS.includes(name)))(
      'names the one that is refused: %s',
      async (name) => {
        const report = await examinedAs(`no-${name}`);
        expect(checksThat(report, 'failed')).toEqual(['permissions']);
        expect(findingOf(report, 'permissions').found).toBe(`ejabberd refuses ${name}`);
      },
    );

    it('reads a rule for another "from", and none at all, as every command refused', async () => {
      for (const user of ['wrong-from', 'powerless']) {
        const report = await examinedAs(user);
        expect(checksThat(report, 'failed')).toEqual(['permissions']);
        expect(findingOf(report, 'permissions').found).toBe('ejabberd refuses every command');
      }
    });
  });

  itFixes.each([
    ['no rule', {}],
    ['a rule that lacks a command', { 'in part': ruleFor('rostbeef', COMMANDS.slice(1)) }],
    ['a rule for another "from"', { other: ruleFor('rostbeef', COMMANDS, 'ejabberd_ctl') }],
    ['a rule that lacks what names a host', { two: ruleFor('rostbeef', ['registered_vhosts', 'send_stanza']) }],
  ])('prints lines that fix %s', async (_, permissions) => {
    await withServer({ permissions }, async (server) => {
      const report = await on(server);
      expect(checksThat(report, 'failed')).toEqual(['permissions']);
      await expectMended({ permissions }, findingOf(report, 'permissions'));
    });
  });

  itFixes(
    'names a missing mod_admin_extra and the exact release, tries the other commands, and prints lines that fix it',
    async () => {
      const without = ['mod_admin_extra'];
      const permissions = { 'and status': ruleFor('rostbeef', [...COMMANDS, 'status']) };
      await withServer({ without, permissions }, async (server) => {
        const report = await on(server);
        expect(checksThat(report, 'failed')).toEqual(['mod_admin_extra']);
        expect(findingOf(report, 'permissions').found).toBe('3 of 10 commands may be run, the others do not exist');
        expect(findingOf(report, 'release').found).toMatch(new RegExp(`^ejabberd ${release}-`));
        await expectMended({ without, permissions }, findingOf(report, 'mod_admin_extra'));
      });
    },
  );

  it('names a missing permission together with a missing mod_admin_extra', async () => {
    await withServer({ without: ['mod_admin_extra'], permissions: {} }, async (server) => {
      const report = await on(server);
      expect(checksThat(report, 'failed')).toEqual(['mod_admin_extra', 'permissions']);
      expect(findingOf(report, 'permissions').found).toBe(
        'ejabberd refuses connected_users_number, registered_vhosts, user_resources',
      );
    });
  });

  itFixes(
    'names a permission for shared roster groups that is missing among others, prints lines that fix it, and counts groups',
    async () => {
      const lines = 'append_host_config:\n  xmpp.test:\n    modules:\n      mod_shared_roster: {}\n';
      const permissions = { some: ruleFor('rostbeef', [...COMMANDS, 'srg_list', 'srg_get_info']) };
      let yaml = '';
      await withServer({ lines, permissions }, async (server) => {
        const report = await on(server);
        expect(checksThat(report, 'failed')).toEqual(['shared rosters']);
        const finding = findingOf(report, 'shared rosters');
        expect(finding.found).toBe('unknown, because the account may not run srg_get_members');
        yaml = finding.yaml ?? '';
      });
      await withServer({ lines: lines + yaml, permissions }, async (server) => {
        const group = { group: 'team', host: 'xmpp.test', label: 'Team', description: '' };
        await server.command('srg_create', { ...group, display: server.release === 'since-24.02' ? [] : '' });
        await server.command('srg_create', {
          ...group,
          group: 'everyone',
          display: server.release === 'since-24.02' ? [] : '',
        });
        await server.command('srg_user_add', {
          user: '@all@',
          host: 'xmpp.test',
          group: 'everyone',
          grouphost: 'xmpp.test',
        });
        const report = await on(server);
        expect(checksThat(report, 'failed')).toEqual([]);
        const found = 'xmpp.test has 2 groups: everyone (all users), team; other.test has no mod_shared_roster';
        expect(findingOf(report, 'shared rosters').found).toBe(found);
      });
    },
  );

  it('notices a listener’s short queue, and prints lines that lengthen it', async () => {
    await withServer({ listener: { backlog: 5 } }, async (server) => {
      const report = await on(server);
      expect(checksThat(report, 'failed')).toEqual(['backlog']);
      const { found, yaml } = findingOf(report, 'backlog');
      expect(found).toMatch(/^\d+ of 32 connections at once took a second or more/);
      const { port } = new URL(server.url);
      expect(yaml).toBe(`listen:\n  - port: ${port}\n    module: ejabberd_http\n    backlog: 1024\n`);
    });
  });
}
