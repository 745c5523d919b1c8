/** A real ejabberd for one test file: its own folder and ports, gone with the test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { STOCK, STOCK_23 } from '../traits.ts';
import { type Arguments, xmlrpcCall } from '../xmlrpc-call.ts';
import type { Account, XmppClient, XmppServer } from '../xmpp-server.ts';
import { ADMIN, HARNESS_ADDRESS, HOST, OTHER_HOST, POWERLESS, ROTATOR, type Variation } from './config.ts';
import { endVm, startVm, stopVm } from './erlang-vm.ts';
import { pathsIn } from './paths.ts';
import { connectClient } from './xmpp-client.ts';

/** The options of a server that a test starts for itself. */
export interface RealEjabberd extends XmppServer {
  /** Where XMPP clients connect. */
  readonly c2sPort: number;
  /** XML-RPC without TLS, for any account, however the listener under test is set. */
  readonly harnessUrl: string;
  /** An account that may run `change_password` and nothing else. */
  readonly rotator: Account;
  readonly pid: number;
  /** Its log, at level `info`; removed when it stops. */
  readonly logFile: string;
  /** Ends it, keeping its spool: in its own order, or at once, with what it had not written yet. */
  halt(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again on its spool, at the same address. */
  restart(): Promise<void>;
}

/** How long ejabberd may take to forget a session whose connection ended. */
const FORGET_MS = 10_000;

/**
 * Starts ejabberd, of whichever release is there.
 *
 * @param root the folder that its packages are unpacked in
 * @param variation how it is not set up well
 */
export async function startRealEjabberd(root: string, variation: Variation = {}): Promise<RealEjabberd> {
  const spool = await mkdtemp(join(tmpdir(), 'ejabberd-'));
  const removeSpool = () => rm(spool, { recursive: true, force: true });
  let vm = await startVm(root, spool, variation).catch(async (error) => {
    await removeSpool();
    throw error;
  });
  let stopped = false;
  const stop = async () => {
    stopped = true;
    await endVm(vm);
    await removeSpool();
  };

  const url = `${variation.listener?.['tls'] === true ? 'https' : 'http'}://127.0.0.1:${vm.ports.http}/xmlrpc`;
  const harness = `http://127.0.0.1:${vm.ports.harness}/`;
  const command = (name: string, args: Arguments) => xmlrpcCall(harness, name, [args], HARNESS_ADDRESS);
  const passwords = new Map<string, string>();
  const register = async (user: string, host: string): Promise<Account> => {
    // ejabberd takes passwords of few other letters than those of ASCII.
    const password = `password of ${encodeURIComponent(user)}`;
    await command('register', { user, host, password });
    passwords.set(`${user}@${host}`, password);
    return { user, server: host, password };
  };
  const newest = new Map<string, XmppClient>();
  /** A connection ends before its session does. A later login under the same resource took the session over. */
  const forgotten = async (client: XmppClient, user: string, host: string, resource: string) => {
    const deadline = performance.now() + FORGET_MS;
    while (!stopped && newest.get(client.jid) === client) {
      // Releases differ in how they list resources, but not in that they name them.
      const resources = JSON.stringify(await command('user_resources', { user, host }));
      if (!resources.includes(JSON.stringify(resource))) return;
      if (performance.now() > deadline) throw new Error(`${client.jid} is still connected`);
      await sleep(10);
    }
  };

  try {
    const release = await releaseOf(root);
    return {
      url,
      c2sPort: vm.ports.c2s,
      harnessUrl: harness,
      host: HOST,
      otherHost: OTHER_HOST,
      release,
      traits: { ...(release === 'since-24.02' ? STOCK : STOCK_23), oddSubscriptions: variation.sql !== true },
      account: await register(ADMIN, HOST),
      powerless: await register(POWERLESS, HOST),
      rotator: await register(ROTATOR, HOST),
      get pid() {
        return vm.process.pid ?? 0;
      },
      halt: (signal) => (signal === 'SIGTERM' ? stopVm(vm) : endVm(vm)),
      async restart() {
        vm = await startVm(root, spool, variation, vm.ports);
      },
      logFile: vm.logFile,
      command,
      async register(user, host = HOST) {
        await register(user, host);
      },
      async unregister(user, host = HOST) {
        await command('unregister', { user, host });
      },
      async changePassword({ user, server }, password) {
        await command('change_password', { user, host: server, newpass: password });
        passwords.set(`${user}@${server}`, password);
      },
      async connect(user, resource, presence, host = HOST) {
        const password = passwords.get(`${user}@${host}`);
        if (password === undefined) throw new Error(`${user}@${host} has not been registered here`);
        const client = await connectClient({
          port: vm.ports.c2s,
          host,
          account: { user, password },
          resource,
          presence,
        });
        newest.set(client.jid, client);
        return {
          ...client,
          async disconnect() {
            await client.disconnect();
            await forgotten(client, user, host, resource);
          },
        };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function releaseOf(root: string): Promise<XmppServer['release']> {
  const old = await pathsIn(root, 'usr/lib/*/ejabberd-23.*');
  return old.length > 0 ? 'before-24.02' : 'since-24.02';
}
