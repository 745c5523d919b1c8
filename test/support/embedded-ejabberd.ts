/** The embedded server as a contract test sees it. */
import xml from '@xmpp/xml';
import type { Release } from '../../infra/local/embedded/reply.ts';
import { startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import { fullJid, type ServerState, type Session } from '../../infra/local/embedded/state.ts';
import { Inbox } from './inbox.ts';
import { STOCK, STOCK_23 } from './traits.ts';
import { type Arguments, xmlrpcCall } from './xmlrpc-call.ts';
import type { Presence, XmppClient, XmppServer } from './xmpp-server.ts';

/** The vhosts of the embedded servers. */
export const HOST = 'xmpp.test';
export const OTHER_HOST = 'other.test';

/** Starts one that plays a release. */
export async function startEmbeddedEjabberd(release: Release): Promise<XmppServer> {
  const account = { user: 'rostbeef', server: HOST, password: 'password of rostbeef' };
  const powerless = { user: 'powerless', server: HOST, password: 'password of powerless' };
  const { url, state, stop } = await startEmbeddedServer({
    release,
    hosts: [HOST, OTHER_HOST],
    administrators: [`${account.user}@${HOST}`, `harness@${HOST}`],
  });
  const harness = { user: 'harness', server: HOST, password: 'password of harness' };
  for (const { user, server, password } of [account, powerless, harness])
    state.passwords.set(`${user}@${server}`, password);
  const command = (name: string, args: Arguments) => xmlrpcCall(url, name, [harness, args]);
  return {
    url,
    host: HOST,
    otherHost: OTHER_HOST,
    release: release === '24.12' ? 'since-24.02' : 'before-24.02',
    traits: release === '24.12' ? STOCK : STOCK_23,
    account,
    powerless,
    command,
    ...peopleOf(state, command),
    stop,
  };
}

/** How users come, go and log in. */
export function peopleOf(
  state: ServerState,
  command: XmppServer['command'],
): Pick<XmppServer, 'register' | 'unregister' | 'changePassword' | 'connect'> {
  return {
    register: async (user, host = HOST) => {
      await command('register', { user, host, password: 'password' });
    },
    unregister: async (user, host = HOST) => {
      await command('unregister', { user, host });
    },
    changePassword: async ({ user, server }, password) => {
      await command('change_password', { user, host: server, newpass: password });
    },
    connect: async (user, resource, presence, host = HOST) => connect(state, { user, host, resource }, presence),
  };
}

/** A session in memory, with a client's view of it. */
async function connect(
  state: ServerState,
  { user, host, resource }: { readonly user: string; readonly host: string; readonly resource: string },
  presence: Presence | undefined,
): Promise<XmppClient> {
  const inbox = new Inbox();
  const session: Session = {
    local: user,
    host,
    resource,
    connectedAt: performance.now(),
    deliver: (stanza) => inbox.add(stanza),
    presence: undefined,
  };
  state.sessions.add(session);
  const jid = fullJid(session);
  const client: XmppClient = {
    jid,
    received: inbox.received,
    async available({ show, status, priority } = {}) {
      const parts = Object.entries({ show, status, priority: priority?.toString() });
      const children = parts.flatMap(([name, text]) => (text === undefined ? [] : [xml(name, {}, text)]));
      state.setPresence(session, xml('presence', {}, ...children));
    },
    async unavailable() {
      state.setPresence(session, xml('presence', { type: 'unavailable' }));
    },
    async send(stanza) {
      state.route(jid, String(stanza.attrs['to']), stanza);
    },
    waitFor: (matches, timeoutMs) => inbox.waitFor(matches, timeoutMs),
    async disconnect() {
      state.disconnect(session);
    },
  };
  if (presence !== undefined) await client.available(presence);
  return client;
}
