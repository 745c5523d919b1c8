/** The small world of `npm start`. */
import xml from '@xmpp/xml';
import { startClassicServer } from './classic/server.ts';
import { type EmbeddedServer, startEmbeddedServer } from './server.ts';
import type { World } from './world.ts';

const HOST = 'example.com';
const USERS = ['alice', 'bob', 'carol', 'dave', 'erin'];

/** The bare JIDs of the users. */
export const DEMO_USERS: readonly string[] = USERS.map((user) => `${user}@${HOST}`);

/** Starts a server with a few users, rosters and sessions; whoever calls may run every command. */
export async function startDemo(): Promise<EmbeddedServer> {
  return populated(await startEmbeddedServer({ release: '24.12', hosts: [HOST] }));
}

/** The same as mod_rostbeef of 2008 would have it, set to wait a second for a request: its own 50 ms are for a quiet network. */
export async function startClassicDemo(): Promise<EmbeddedServer> {
  return populated(await startClassicServer({ hosts: [HOST], patienceMs: 1_000 }));
}

function populated(server: EmbeddedServer): EmbeddedServer {
  populate(server.world);
  return server;
}

function populate(world: World): void {
  for (const jid of DEMO_USERS) world.passwords.set(jid, 'demo');
  link(world, 'alice', 'Alice', 'bob', 'Bob', 'Work');
  link(world, 'alice', 'Alice', 'carol', 'Carol', 'Friends');
  link(world, 'bob', 'Bob', 'carol', 'Carol C.', 'Work');
  login(world, 'alice', 'laptop', { show: 'away', priority: '1' });
  login(world, 'alice', 'phone', { show: 'chat', status: 'On the road', priority: '5' });
  login(world, 'bob', 'desk', { show: 'dnd', status: 'In a meeting' });
  login(world, 'carol', 'sensor', { priority: '-1' });
  world.route(`erin@${HOST}`, `alice@${HOST}`, xml('presence', { type: 'subscribe' }));
}

function link(world: World, one: string, oneNick: string, other: string, otherNick: string, group: string): void {
  const subscription = 'both';
  world.addItem({ local: one, host: HOST }, `${other}@${HOST}`, { nick: otherNick, groups: [group], subscription });
  world.addItem({ local: other, host: HOST }, `${one}@${HOST}`, { nick: oneNick, groups: [group], subscription });
}

function login(world: World, local: string, resource: string, presence: Readonly<Record<string, string>>): void {
  const deliver = () => undefined;
  const session = { local, host: HOST, resource, connectedAt: performance.now(), deliver, presence: undefined };
  world.sessions.add(session);
  const children = Object.entries(presence).map(([name, text]) => xml(name, {}, text));
  world.setPresence(session, xml('presence', {}, ...children));
}
