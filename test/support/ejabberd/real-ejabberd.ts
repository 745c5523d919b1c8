/** A real ejabberd for one test file: its own folder and ports, no epmd, no distribution, gone with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Arguments, xmlrpcCall } from '../xmlrpc-call.ts';
import type { Account, XmppClient, XmppServer } from '../xmpp-server.ts';
import { ADMIN, ejabberdConfig, HARNESS_ADDRESS, HOST, OTHER_HOST, POWERLESS } from './config.ts';
import { connectClient } from './xmpp-client.ts';

/** What a test may want of a server of its own beside what every server has. */
export interface RealEjabberd extends XmppServer {
  readonly pid: number;
}

/** Enough for a machine that does other things as well; it takes two seconds on one that does not. */
const START_MS = 60_000;

/**
 * Starts ejabberd.
 *
 * @param root the folder that its packages are unpacked in
 */
export async function startRealEjabberd(root: string): Promise<RealEjabberd> {
  const spool = await mkdtemp(join(tmpdir(), 'ejabberd-'));
  const [c2s, http] = await freePorts();
  await writeFile(join(spool, 'ejabberd.yml'), ejabberdConfig({ c2s, http }));
  const vm = await startVm(root, spool);
  const url = `http://127.0.0.1:${http}/xmlrpc`;
  const command = (name: string, args: Arguments) => xmlrpcCall(url, name, [args], HARNESS_ADDRESS);
  const clients: XmppClient[] = [];
  const passwords = new Map<string, string>();

  const stop = async () => {
    await Promise.allSettled(clients.map((client) => client.disconnect()));
    vm.kill('SIGKILL');
    if (vm.exitCode === null && vm.signalCode === null) await once(vm, 'exit');
    await rm(spool, { recursive: true, force: true });
  };
  const register = async (user: string, host: string, password = `password of ${user}`): Promise<Account> => {
    passwords.set(`${user}@${host}`, password);
    await command('register', { user, host, password });
    return { user, server: host, password };
  };

  try {
    await untilAnswered(command, vm, spool);
    const [account, powerless] = [await register(ADMIN, HOST), await register(POWERLESS, HOST)];
    return {
      url,
      host: HOST,
      otherHost: OTHER_HOST,
      release: 'before-24.02',
      account,
      powerless,
      pid: vm.pid ?? 0,
      command,
      register: async (user, host = HOST) => {
        await register(user, host);
      },
      unregister: async (user, host = HOST) => {
        await command('unregister', { user, host });
      },
      changePassword: async ({ user, server }, password) => {
        await command('change_password', { user, host: server, newpass: password });
      },
      connect: async (user, resource, presence, host = HOST) => {
        const password = passwords.get(`${user}@${host}`) ?? '';
        const client = await connectClient({ port: c2s, host, user, password, resource, presence });
        clients.push(client);
        return client;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Debian's `erl` goes by a fixed folder, so the Erlang VM is started as that script would start it. */
async function startVm(root: string, spool: string): Promise<ChildProcess> {
  const erlang = join(root, 'usr/lib/erlang');
  const erts = (await readdir(erlang)).find((name) => name.startsWith('erts-')) ?? '';
  const [architecture = ''] = (await readdir(join(root, 'usr/lib'))).filter((name) => name.endsWith('-linux-gnu'));
  const libraries = join(root, 'usr/lib', architecture);
  const vm = spawn(
    join(erlang, erts, 'bin/erlexec'),
    ['+K', 'true', '-noinput', '-mnesia', 'dir', JSON.stringify(join(spool, 'mnesia')), '-s', 'ejabberd'],
    {
      cwd: spool,
      stdio: 'ignore',
      env: {
        ROOTDIR: erlang,
        BINDIR: join(erlang, erts, 'bin'),
        EMU: 'beam',
        PROGNAME: 'erl',
        ERL_LIBS: libraries,
        LD_LIBRARY_PATH: `${libraries}:${join(root, 'lib', architecture)}`,
        ERL_CRASH_DUMP: join(spool, 'erl_crash.dump'),
        ERL_MAX_ETS_TABLES: '1400',
        EJABBERD_CONFIG_PATH: join(spool, 'ejabberd.yml'),
        EJABBERD_LOG_PATH: join(spool, 'ejabberd.log'),
        HOME: spool,
        PATH: process.env['PATH'] ?? '',
      },
    },
  );
  // Ends the VM when this process is gone, however it went: then its pipe closes.
  const watch = spawn('sh', ['-c', `cat; kill -9 ${vm.pid}`], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watch.unref();
  vm.once('exit', () => watch.kill('SIGKILL'));
  return vm;
}

async function untilAnswered(
  command: (name: string, args: Arguments) => Promise<unknown>,
  vm: ChildProcess,
  spool: string,
): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (vm.exitCode === null && performance.now() < deadline) {
    const answered = await command('check_account', { user: 'nobody', host: HOST }).catch(() => undefined);
    if (answered !== undefined) return;
    await sleep(50);
  }
  const log = await readFile(join(spool, 'ejabberd.log'), 'utf8').catch(() => 'no log');
  throw new Error(`ejabberd did not start:\n${log.slice(-2_000)}`);
}

/** Ports that were free a moment ago. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return [ports[0] ?? 0, ports[1] ?? 0];
}
