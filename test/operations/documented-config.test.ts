/** The documented lines of `ejabberd.yml` on real servers: with Debian's own file, and with a small one. */
import { xml } from '@xmpp/client';
import type { Element } from '@xmpp/xml';
import { permissionProbes, sharedGroupProbes, UNPROBED_COMMANDS } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { createAuthority } from '../support/certificates.ts';
import { FUNCTION_COMMANDS, HOST, SHARED_GROUP_COMMANDS, type Variation } from '../support/ejabberd/config.ts';
import { describeEjabberd, describeInFull } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { functionSettings } from '../support/function-settings.ts';
import { type Handlers, openHandlers } from '../support/in-process.ts';
import type { SecretsManager } from '../support/secrets-manager.ts';
import { xmlrpcCall } from '../support/xmlrpc-call.ts';
import type { Account } from '../support/xmpp-server.ts';
import {
  DOCUMENTED_PORT,
  documentedBlocks,
  documentedFile,
  stockFile,
  withDocumentedFiles,
} from './documented-config.ts';
import { checksThat, examined, useSecretsManager } from './examination.ts';

const authority = createAuthority('an authority of this test');

describe('the documented files', () => {
  it('allow the commands that the functions run, and show those for shared roster groups', async () => {
    const text = await documentedFile('rostbeef.yml');
    const commands = (yaml: string) => parse(yaml).api_permissions['rostbeef functions'].what;
    expect(commands(text)).toEqual(FUNCTION_COMMANDS);
    const uncommented = text.replaceAll('      # - ', '      - ');
    expect(commands(uncommented)).toEqual([...FUNCTION_COMMANDS, ...SHARED_GROUP_COMMANDS]);
  });

  it('have the commands that the doctor examines', async () => {
    const text = (await documentedFile('rostbeef.yml')).replaceAll('      # - ', '      - ');
    const account = { local: 'rostbeef', domain: HOST, resource: '' };
    const tried = permissionProbes(account, 'groups').map(({ name }) => name);
    const optional = sharedGroupProbes(HOST).map(({ name }) => name);
    expect(parse(text).api_permissions['rostbeef functions'].what.sort()).toEqual(
      [...tried, ...UNPROBED_COMMANDS, ...optional].sort(),
    );
  });

  it('allow the rotation to change passwords, and nothing else', async () => {
    const rules = parse(await documentedFile('rotation.yml')).api_permissions;
    expect(rules).toEqual({
      'rostbeef rotation': { from: 'ejabberd_xmlrpc', who: { acl: 'rostbeef_rotation' }, what: ['change_password'] },
    });
  });

  it('have no option that their include does not allow', async () => {
    const includes = (await documentedBlocks('include_config_file')).map((block) => parse(block).include_config_file);
    expect(includes).toHaveLength(2);
    for (const include of includes) {
      for (const [path, { allow_only: allowed }] of Object.entries<{ allow_only: string[] }>(include)) {
        const file = parse(await documentedFile(path.replace('/etc/ejabberd/', '')));
        expect(Object.keys(file)).toEqual(allowed);
      }
    }
  });
});

for (const release of ['23.01', '24.12'] as const) {
  const describeRelease = release === '24.12' ? describeEjabberd : describeInFull;
  await describeRelease(release, `the documented lines on ejabberd ${release}`, (root) => {
    // The clients of the tests ping the server.
    const small = `hosts:
  - ${HOST}
certfiles:
  - /etc/ejabberd/ejabberd.pem
modules:
  mod_admin_extra: {}
  mod_roster: {}
  mod_ping: {}
`;
    describe('with Debian’s own file', () => {
      const admin = `root@${HOST}`;
      const started = useServer(root, async () => withDocumentedFiles(await stockFile(root, admin), authority));
      declareLinks(started);

      it('leave the administrator every right', async () => {
        const { server, url } = started();
        const account = await registered(server, 'root');
        const callAs = (caller: Account, method: string) =>
          xmlrpcCall(server.harnessUrl, method, [{ ...caller }, { host: HOST }]);
        expect(JSON.stringify(await callAs(account, 'registered_users'))).toContain('"root"');
        await expect(callAs(server.account, 'registered_users')).rejects.toThrow(/access_rules_unauthorized/);
        expect(url).toMatch(/^https:/);
      });

      it('do not use a port of that file', async () => {
        const { listen } = parse(await stockFile(root, admin));
        const ports = listen.map(({ port }: { port: number }) => port);
        expect(ports).toContain(5443);
        expect(ports).not.toContain(DOCUMENTED_PORT);
      });
    });

    describe('with Debian’s own file and the access rule of 26.07', () => {
      const admin = `root@${HOST}`;
      const started = useServer(root, async () => {
        const stock = await stockFile(root, admin);
        const [rule = ''] = (await documentedBlocks('access_rules')).slice(-1);
        const lines = rule.replace('access_rules:\n', '');
        const edited = stock.replace('  configure:\n    allow: admin\n', lines);
        expect(edited).not.toBe(stock);
        return withDocumentedFiles(edited, authority);
      });
      declareLinks(started);

      it('leave the administrator the right to configure the server', async () => {
        const { server } = started();
        await registered(server, 'root');
        await registered(server, 'dave');
        expect((await addUserForm(server, 'root')).attrs['type']).toBe('result');
        expect((await addUserForm(server, 'dave')).attrs['type']).toBe('error');
      });
    });

    describe('with a small file', () => {
      const started = useServer(root, async () => withDocumentedFiles(small, authority));
      declareLinks(started);
    });
  });
}

interface Started {
  readonly server: RealEjabberd;
  readonly url: string;
  readonly secrets: SecretsManager;
  readonly handlers: Handlers;
}

/** Starts a server for the tests of a block, with the functions in this process. */
function useServer(root: string, variation: () => Promise<Variation>): () => Started {
  let started: Started | undefined;
  beforeAll(async () => {
    const secrets = await useSecretsManager();
    const server = await startRealEjabberd(root, await variation());
    const url = server.url.replace('127.0.0.1', 'localhost');
    secrets.set('account', 'AWSCURRENT', server.account);
    const settings = functionSettings({ ...server, url }, secrets, 'account');
    const handlers = openHandlers({ ...settings, EJABBERD_CA_PEM: authority.certificate });
    started = { server, url, secrets, handlers };
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await Promise.all([started?.server.stop(), started?.secrets.stop()]);
  });
  return () => {
    if (started === undefined) throw new Error('the server is not started');
    return started;
  };
}

/** Tests that hold for every main file. */
function declareLinks(started: () => Started): void {
  it('let the functions link two users, each of whom sees the other', async () => {
    const { server, handlers } = started();
    for (const name of ['alice', 'bob']) await server.register(name);
    const input = { jid1: `alice@${HOST}`, nick1: 'Alice', jid2: `bob@${HOST}`, nick2: 'Bob' };
    const alice = await server.connect('alice', 'phone', {});
    expect(await handlers.call('link_contacts', input)).toEqual({ code: 0 });
    await alice.waitFor((stanza) => stanza.getChild('query', 'jabber:iq:roster') !== undefined);
    await alice.disconnect();
    for (const [user, contact] of [
      ['alice', 'bob'],
      ['bob', 'alice'],
    ] as const) {
      const roster = JSON.stringify(await server.command('get_roster', { user, host: HOST }));
      expect(roster).toContain(`"${contact}@${HOST}"`);
    }
    expect(await handlers.call('unlink_contacts', { jid1: input.jid1, jid2: input.jid2 })).toEqual({ code: 0 });
  });

  it('satisfy the doctor', async () => {
    const { url, secrets } = started();
    const environment = { EJABBERD_URL: url, EJABBERD_SECRET_ARN: 'account', EJABBERD_CA_PEM: authority.certificate };
    const report = await examined({ ...environment, AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url });
    expect(checksThat(report, 'failed')).toEqual([]);
  });

  it('let the rotation change a password, and the functions not', async () => {
    const { server } = started();
    const rotation = await registered(server, 'rotation');
    await server.register('carol');
    const change = { user: 'carol', host: HOST, newpass: 'another password' };
    const as = (caller: Account) => xmlrpcCall(server.harnessUrl, 'change_password', [{ ...caller }, change]);
    expect(await as(rotation)).toEqual({ res: 0 });
    await expect(as(server.account)).rejects.toThrow(/access_rules_unauthorized/);
  });
}

async function registered(server: RealEjabberd, user: string): Promise<Account> {
  await server.register(user).catch(() => undefined);
  const account = { user, server: HOST, password: 'a password of this test' };
  await server.changePassword(account, account.password);
  return account;
}

/** Asks for the form by which an administrator adds a user (XEP-0133). */
async function addUserForm(server: RealEjabberd, user: string): Promise<Element> {
  const client = await server.connect(user, 'desk', {});
  const node = 'http://jabber.org/protocol/admin#add-user';
  const command = xml('command', { xmlns: 'http://jabber.org/protocol/commands', node, action: 'execute' });
  await client.send(xml('iq', { type: 'set', to: HOST, id: 'form' }, command));
  const answer = await client.waitFor((stanza) => stanza.attrs['id'] === 'form');
  await client.disconnect();
  return answer;
}
