/** The demo data of `npm start`. */
import xml from '@xmpp/xml';
import { startClassicServer } from './classic/server.ts';
import { type EmbeddedServer, startEmbeddedServer } from './server.ts';
import type { ServerState } from './state.ts';

const HOST = 'example.com';
const USERS = ['alice', 'bob', 'carol', 'dave', 'erin'];

/** The bare JIDs of the users. */
export const DEMO_USERS: readonly string[] = USERS.map((user) => `${user}@${HOST}`);

/** Starts a server with a few users, rosters and sessions. It requires no credentials. */
export async function startDemo(): Promise<EmbeddedServer> {
  return populated(await startEmbeddedServer({ release: '24.12', hosts: [HOST] }));
}

/** Starts mod_rostbeef of 2008 with the same data. It waits a second for a request, because its own 50 ms are too short here. */
export async function startClassicDemo(): Promise<EmbeddedServer> {
  return populated(await startClassicServer({ hosts: [HOST], patienceMs: 1_000 }));
}

function populated(server: EmbeddedServer): EmbeddedServer {
  populate(server.state);
  return server;
}

function populate(state: ServerState): void {
  for (const jid of DEMO_USERS) state.passwords.set(jid, 'demo');
  link(state, 'alice', 'Alice', 'bob', 'Bob', 'Work');
  link(state, 'alice', 'Alice', 'carol', 'Carol', 'Friends');
  link(state, 'bob', 'Bob', 'carol', 'Carol C.', 'Work');
  login(state, 'alice', 'laptop', { show: 'away', priority: '1' });
  login(state, 'alice', 'phone', { show: 'chat', status: 'On the road', priority: '5' });
  login(state, 'bob', 'desk', { show: 'dnd', status: 'In a meeting' });
  login(state, 'carol', 'sensor', { priority: '-1' });
  state.route(`erin@${HOST}`, `alice@${HOST}`, xml('presence', { type: 'subscribe' }));
}

function link(state: ServerState, one: string, oneNick: string, other: string, otherNick: string, group: string): void {
  const subscription = 'both';
  state.addItem({ local: one, host: HOST }, `${other}@${HOST}`, { nick: otherNick, groups: [group], subscription });
  state.addItem({ local: other, host: HOST }, `${one}@${HOST}`, { nick: oneNick, groups: [group], subscription });
}

function login(state: ServerState, local: string, resource: string, presence: Readonly<Record<string, string>>): void {
  const deliver = () => undefined;
  const session = { local, host: HOST, resource, connectedAt: performance.now(), deliver, presence: undefined };
  state.sessions.add(session);
  const children = Object.entries(presence).map(([name, text]) => xml(name, {}, text));
  state.setPresence(session, xml('presence', {}, ...children));
}
