import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { xml } from '@xmpp/client';
import type { Element } from '@xmpp/xml';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeEjabberd, describeInFull } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { IS_FULL } from '../support/full.ts';
import { type Arguments, xmlrpcCall } from '../support/xmlrpc-call.ts';
import type { Account } from '../support/xmpp-server.ts';

for (const release of ['23.01', '24.12'] as const) {
  const isNewest = release === '24.12';
  await (isNewest ? describeEjabberd : describeInFull)(release, `the harness around ejabberd ${release}`, (root) => {
    // Tests for the newest release only do not depend on the release, and take a start of ejabberd each.
    let server: RealEjabberd;
    beforeAll(async () => {
      server = await startRealEjabberd(root);
    });
    afterAll(() => server.stop());

    const commandAs = (account: Account, name: string, args: Arguments) =>
      xmlrpcCall(server.url, name, [{ ...account }, args]);

    it('knows which shapes its answers have', async () => {
      await server.register('shape');
      await server.connect('shape', 'phone');
      const answer = await server.command('user_resources', { user: 'shape', host: server.host });
      const resource = server.release === 'before-24.02' ? { resource: 'phone' } : 'phone';
      expect(answer).toEqual({ resources: [resource] });
      expect(server.release).toBe(release === '23.01' ? 'before-24.02' : 'since-24.02');
    });

    it('has the users that were registered, on either vhost, until they are unregistered', async () => {
      const check = (user: string, host: string) => server.command('check_account', { user, host });
      await server.register('here');
      await server.register('there', server.otherHost);
      expect(await check('here', server.host)).toEqual({ res: 0 });
      expect(await check('here', server.otherHost)).toEqual({ res: 1 });
      expect(await check('there', server.otherHost)).toEqual({ res: 0 });
      await server.unregister('here');
      expect(await check('here', server.host)).toEqual({ res: 1 });
    });

    it('shows each session, with its priority, as soon as the client is connected', async () => {
      await server.register('busy');
      await server.connect('busy', 'phone', { priority: 5, show: 'away', status: 'on the way' });
      await server.connect('busy', 'desk', { priority: -1 });
      const silent = await server.connect('busy', 'silent');
      const answer = await server.command('user_sessions_info', { user: 'busy', host: server.host });
      const sessions = JSON.stringify(answer).split('"connection"').slice(1);
      expect(sessions).toEqual([
        expect.stringMatching(/"status":"unavailable".*"resource":"silent"/),
        expect.stringMatching(/"priority":5\b.*"status":"away".*"resource":"phone".*"statustext":"on the way"/),
        expect.stringMatching(/"priority":-1\b.*"status":"available".*"resource":"desk"/),
      ]);
      expect(silent.received).toEqual([]);
    });

    it('no longer shows a session whose client is unavailable or disconnected', async () => {
      await server.register('leaving');
      const shown = async () => JSON.stringify(await server.command('get_presence', leaving));
      const leaving = { user: 'leaving', host: server.host };
      const client = await server.connect('leaving', 'phone', {});
      expect(await shown()).toContain('"available"');
      await client.unavailable();
      expect(await shown()).toContain('"unavailable"');
      await client.available({ show: 'dnd' });
      expect(await shown()).toContain('"dnd"');
      await client.disconnect();
      expect(await server.command('user_resources', leaving)).toEqual({ resources: [] });
    });

    it('connects as often as wanted under one resource', async () => {
      const again = { user: 'again', host: server.host };
      await server.register('again');
      for (const priority of [1, 2, 3]) {
        const client = await server.connect('again', 'phone', { priority });
        expect(client.jid).toBe(`again@${server.host}/phone`);
        await client.disconnect();
      }
      const [first, second] = [await server.connect('again', 'desk'), await server.connect('again', 'desk')];
      await first.disconnect();
      expect(JSON.stringify(await server.command('user_resources', again))).toContain('"desk"');
      await second.disconnect();
      expect(await server.command('user_resources', again)).toEqual({ resources: [] });
    });

    it('pushes a roster item to a client that shows no presence', async () => {
      await server.register('pushed');
      const client = await server.connect('pushed', 'phone');
      const groups: Arguments = server.release === 'before-24.02' ? { group: 'friends' } : { groups: ['friends'] };
      const item = { user: 'contact', host: server.otherHost, nick: 'Contact', subs: 'both', ...groups };
      await server.command('add_rosteritem', { localuser: 'pushed', localhost: server.host, ...item });
      const push = await client.waitFor((stanza) => stanza.attrs['type'] === 'set');
      expect(push.getChild('query', 'jabber:iq:roster')?.getChild('item')?.attrs).toMatchObject({
        jid: `contact@${server.otherHost}`,
        name: 'Contact',
        subscription: 'both',
      });
    });

    it('carries stanzas, both the commands’ and the clients’ own', async () => {
      await server.register('romeo');
      await server.register('juliet');
      const romeo = await server.connect('romeo', 'orchard', {});
      const juliet = await server.connect('juliet', 'balcony', {});
      const body = (text: string) => (stanza: Element) => stanza.getChildText('body') === text;

      const stanza = '<message type="chat"><body>from a command, &lt;so&gt; 🌹</body></message>';
      await server.command('send_stanza', { from: romeo.jid, to: juliet.jid, stanza });
      expect((await juliet.waitFor(body('from a command, <so> 🌹'))).attrs['from']).toBe(romeo.jid);

      await juliet.send(xml('message', { to: romeo.jid, type: 'chat' }, xml('body', {}, 'from a client')));
      expect((await romeo.waitFor(body('from a client'))).attrs['from']).toBe(juliet.jid);
      await expect(romeo.waitFor(body('never sent'), 50)).rejects.toThrow('no such stanza');
    });

    it('lets the account run commands, and neither the powerless one nor a stranger', async () => {
      const args = { user: 'nobody', host: server.host };
      expect(await commandAs(server.account, 'check_account', args)).toEqual({ res: 1 });
      const unauthorized = { code: -118, message: expect.stringContaining('access_rules_unauthorized') };
      await expect(commandAs(server.powerless, 'check_account', args)).rejects.toMatchObject(unauthorized);
      await expect(xmlrpcCall(server.url, 'check_account', [args])).rejects.toMatchObject(unauthorized);
    });

    it('refuses a wrong password, also one that was right until it was changed', async () => {
      await server.register('renewed');
      const args = { user: 'nobody', host: server.host };
      const invalid = { code: -118, message: expect.stringContaining('Invalid authentication data') };
      const wrong = { ...server.powerless, password: 'wrong' };
      await expect(commandAs(wrong, 'check_account', args)).rejects.toMatchObject(invalid);

      const { account } = server;
      await server.changePassword(account, 'renewed');
      await expect(commandAs(account, 'check_account', args)).rejects.toMatchObject(invalid);
      const renewed = { ...account, password: 'renewed' };
      expect(await commandAs(renewed, 'check_account', args)).toEqual({ res: 1 });
      await server.changePassword(renewed, account.password);
      expect(await commandAs(account, 'check_account', args)).toEqual({ res: 1 });
    });

    it.runIf(isNewest)('runs twice at a time, and leaves neither process nor files when it is stopped', async () => {
      const other = await startRealEjabberd(root);
      expect(other.url).not.toBe(server.url);
      expect(existsSync(other.logFile)).toBe(true);
      await other.stop();
      expect(() => process.kill(other.pid, 0)).toThrow('ESRCH');
      expect(existsSync(other.logFile)).toBe(false);
    });

    it.runIf(isNewest).each(IS_FULL ? (['SIGTERM', 'SIGKILL'] as const) : (['SIGKILL'] as const))(
      'comes back on its spool at the same address after %s',
      async (signal) => {
        const other = await startRealEjabberd(root);
        try {
          await other.register('kept');
          await other.halt('SIGTERM');
          await expect(other.command('check_account', { user: 'kept', host: other.host })).rejects.toThrow(
            'ECONNREFUSED',
          );
          await other.restart();
          await other.halt(signal);
          await other.restart();
          expect(await other.command('check_account', { user: 'kept', host: other.host })).toEqual({ res: 0 });
          await other.connect('kept', 'phone', {});
        } finally {
          await other.stop();
        }
      },
    );

    it.runIf(isNewest)('ends and leaves no files when the process that started it is killed', async () => {
      const harness = resolve(import.meta.dirname, '../support/ejabberd/real-ejabberd.ts');
      const script = `const { startRealEjabberd } = await import(${JSON.stringify(harness)});
        const { url, logFile } = await startRealEjabberd(${JSON.stringify(root)});
        console.log(JSON.stringify({ url, logFile }));`;
      const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(parent.stdout, 'data');
      const { url, logFile } = JSON.parse(String(line));
      expect(existsSync(logFile)).toBe(true);
      parent.kill('SIGKILL');
      await vi.waitFor(() => expect(existsSync(logFile)).toBe(false), { timeout: 10_000 });
      const refused = { code: 'ECONNREFUSED' };
      await vi.waitFor(() => expect(xmlrpcCall(url, 'echothis', [{ thatthing: 'x' }])).rejects.toMatchObject(refused));
    });
  });
}
