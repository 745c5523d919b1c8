/** A real ejabberd with shared roster groups, an anonymous vhost, and one whose name is an A-label. */
import { onTestFinished } from 'vitest';
import { rosterOf } from '../contract/observe.ts';
import { built } from '../support/built.ts';
import { type Container, openContainer } from '../support/container.ts';
import { FUNCTION_COMMANDS, SHARED_GROUP_COMMANDS, type Variation } from '../support/ejabberd/config.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { ACCOUNT_SECRET, type Call, startWorld, type User, type World } from '../support/world.ts';
import type { Account } from '../support/xmpp-server.ts';

export const ANONYMOUS_HOST = 'anonymous.test';
/** Up to 24.12 ejabberd knows it by this name only; 26.07 by its U-label. */
export const A_LABEL_HOST = 'xn--bcher-kva.test';
export const U_LABEL_HOST = 'bücher.test';
/** A vhost without `mod_shared_roster`. */
export const PLAIN_HOST = 'plain.test';

const ALL = [...FUNCTION_COMMANDS, ...SHARED_GROUP_COMMANDS];
const without = (...names: readonly string[]) => ALL.filter((name) => !names.includes(name));

/** Accounts that may run less, by name. */
const ACCOUNTS = {
  'no-stanzas': without('send_stanza'),
  'no-vhosts': without('registered_vhosts'),
  'no-groups': FUNCTION_COMMANDS,
  'no-members': without('srg_get_members'),
  'lists-users': without('connected_users_info'),
  'asks-each': without('connected_users_info', 'connected_users_number', 'connected_users_vhost'),
} as const;

export type LimitedAccount = keyof typeof ACCOUNTS;

/** The server and the functions for the tests of unusual rosters. */
export interface RosterWorld extends World {
  readonly server: RealEjabberd;
  /** Calls methods as an account that may run less. */
  as(account: LimitedAccount): Promise<Call>;
  /** Opens a new execution environment, which remembers nothing, for one test. */
  container(account?: LimitedAccount): Promise<Container>;
  /** The same before a proxy, with the name of each command that it has run. */
  watchedContainer(
    account?: LimitedAccount,
  ): Promise<{ readonly container: Container; readonly commands: readonly string[] }>;
  /** Makes a group of `mod_shared_roster`. Without `display` its members see each other. */
  group(id: string, options: GroupOptions): Promise<void>;
  removeGroup(id: string): Promise<void>;
  /** The jid, nick, groups and subscription of each contact. */
  contacts(user: User): Promise<readonly unknown[]>;
}

interface GroupOptions {
  readonly members: readonly User[];
  readonly label?: string;
  readonly display?: readonly string[];
  readonly host?: string;
}

const LINES = `host_config:
  ${ANONYMOUS_HOST}:
    auth_method: anonymous
    anonymous_protocol: sasl_anon
append_host_config:
${['xmpp.test', 'other.test', ANONYMOUS_HOST].map((host) => `  ${host}:\n    modules:\n      mod_shared_roster: {}\n`).join('')}`;

/** How the server differs from the usual one. */
export type RosterVariation = Pick<Variation, 'lines' | 'sql'>;

/** Starts the server, and the functions before it. */
export async function startRosterWorld(
  root: string,
  { lines = '', ...variation }: RosterVariation = {},
): Promise<RosterWorld> {
  const rule = (who: object, what: readonly string[]) => ({ from: ['ejabberd_xmlrpc'], who: [who], what });
  const server = await startRealEjabberd(root, {
    ...variation,
    hosts: ['xmpp.test', 'other.test', ANONYMOUS_HOST, A_LABEL_HOST, PLAIN_HOST],
    lines: LINES + lines,
    permissions: {
      functions: rule({ acl: 'rostbeef' }, ALL),
      ...Object.fromEntries(
        Object.entries(ACCOUNTS).map(([name, what]) => [name, rule({ user: `${name}@xmpp.test` }, what)]),
      ),
    },
  });
  const world = await startWorld(server, built());
  const calls = new Map<string, Promise<Call>>();
  const registered = new Map<string, Promise<Account>>();
  const register = async (user: LimitedAccount): Promise<Account> => {
    await server.register(user);
    return { user, server: server.host, password: `password of ${user}` };
  };
  const accountOf = (name: LimitedAccount) => {
    const account = registered.get(name) ?? register(name);
    registered.set(name, account);
    return account;
  };
  const openAs = async (url: string, name: LimitedAccount | undefined) => {
    const account = name === undefined ? server.account : await accountOf(name);
    const container = openContainer({ url, account });
    onTestFinished(() => container.close());
    return container;
  };
  const open = async (name: LimitedAccount) => {
    const secret = `${ACCOUNT_SECRET}-${name}`;
    world.secrets.set(secret, 'AWSCURRENT', await accountOf(name));
    return world.withSecret(secret);
  };
  const hosts = new Map<string, string>();
  return {
    ...world,
    server,
    as(account) {
      const call = calls.get(account) ?? open(account);
      calls.set(account, call);
      return call;
    },
    container: (name) => openAs(server.url, name),
    async watchedContainer(name) {
      const proxy = await FaultProxy.start({ target: server.url });
      onTestFinished(() => proxy.stop());
      return { container: await openAs(proxy.url, name), commands: proxy.forwarded };
    },
    async group(id, { members, label = id, display = [id], host = server.host }) {
      hosts.set(id, host);
      const displayed = server.release === 'since-24.02' ? [...display] : display.join('\\n');
      await server.command('srg_create', { group: id, host, label, description: '', display: displayed });
      for (const { name, server: userHost } of members) {
        await server.command('srg_user_add', { user: name, host: userHost, group: id, grouphost: host });
      }
    },
    async removeGroup(id) {
      await server.command('srg_delete', { group: id, host: hosts.get(id) ?? server.host });
    },
    async contacts(user) {
      const contacts = await rosterOf(world, user);
      return contacts.map((contact) => {
        const { jid, nick, groups, subscription } = contact as Record<string, unknown>;
        return { jid, nick, groups, subscription };
      });
    },
  };
}
