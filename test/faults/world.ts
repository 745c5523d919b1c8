import { built } from '../support/built.ts';
import { ACCOUNT_SECRET, startWorld, type World } from '../support/world.ts';
import type { XmppServer } from '../support/xmpp-server.ts';
import { CANARIES } from './canaries.ts';

/** Starts the functions on a server, with an account whose password is the canary. */
export async function startFaultyWorld(server: XmppServer): Promise<World> {
  const world = await startWorld(server, built());
  await server.changePassword(server.account, CANARIES.password);
  world.secrets.set(ACCOUNT_SECRET, 'AWSCURRENT', { ...server.account, password: CANARIES.password });
  return world;
}
