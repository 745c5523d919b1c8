/** Links and unlinks of the same two users at the same time, on a real server, as containers of two functions make them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { xml } from '@xmpp/client';
import type { Dialect } from '../../functions/layer/dialects/dialect.ts';
import { PartialLinkError } from '../../functions/layer/errors/index.ts';
import type { Jid } from '../../functions/layer/xmpp/jid.ts';
import { isHalf } from '../schedules/half-link.ts';
import { type Container, openContainer } from '../support/container.ts';
import type { XmppClient, XmppServer } from '../support/xmpp-server.ts';

/** The calls that run at once. */
export type Race = 'link ∥ unlink' | 'link ∥ link' | 'link ∥ a client that removes the contact';

/** The outcome of many races. */
export interface Tally {
  races: number;
  /** Races of which a call reported `PartialLinkError`. */
  partial: number;
  /** Other errors of calls, of which there should be none. */
  failed: number;
  /** Races that left half a link which no call reported. */
  unreported: number;
  /** Races of two links that left the nicks of both callers. */
  mixed: number;
}

/** The longest head start of one call, in milliseconds. */
const MOST_HEAD_START_MS = 12;

/** Runs so many races, each of them from two users who are linked or strangers by turns. */
export async function runRaces(server: XmppServer, race: Race, count: number): Promise<Tally> {
  const containers = [openContainer(server), openContainer(server)] as const;
  const tally: Tally = { races: 0, partial: 0, failed: 0, unreported: 0, mixed: 0 };
  const [a, b] = await Promise.all([newUser(server, race, 'a'), newUser(server, race, 'b')]);
  const client = race.includes('client') ? await server.connect(a.local, 'phone', {}) : undefined;
  try {
    for (let index = 0; index < count; index += 1) {
      await containers[0].act((dialect) => (index % 2 === 0 ? link(dialect, a, b, 0) : unlink(dialect, a, b)));
      const errors = await Promise.all([
        late().then(() => containers[0].act((dialect) => link(dialect, a, b, 1))),
        late().then(() => opponent(race, containers[1], client, a, b)),
      ]);
      const [one, other] = await containers[0].read(a, b);
      const isReported = errors.some((error) => error instanceof PartialLinkError);
      const nicks = [...one.roster, ...other.roster].map(({ nick }) => nick.slice(-1));
      tally.races += 1;
      tally.partial += Number(isReported);
      tally.failed += errors.filter((error) => error !== undefined && !(error instanceof PartialLinkError)).length;
      tally.unreported += Number(isHalf(one, other) && !isReported);
      tally.mixed += Number(race === 'link ∥ link' && new Set(nicks).size > 1);
    }
  } finally {
    await client?.disconnect();
    for (const container of containers) container.close();
  }
  return tally;
}

let users = 0;

async function newUser(server: XmppServer, race: Race, part: string): Promise<Jid> {
  users += 1;
  const local = `${race.replace(/\W+/g, '-')}-${part}-${users}`;
  await server.register(local);
  return { local, domain: server.host, resource: '' };
}

/** With letters that some databases can't keep. */
function link(dialect: Dialect, a: Jid, b: Jid, caller: number): Promise<unknown> {
  const side = (owner: Jid, contact: Jid) => ({ owner, contact, nick: `😀 Ärger ${caller}`, group: undefined });
  return dialect.linkContacts(side(a, b), side(b, a));
}

function unlink(dialect: Dialect, a: Jid, b: Jid): Promise<unknown> {
  return dialect.unlinkContacts(a, b);
}

async function opponent(race: Race, container: Container, client: XmppClient | undefined, a: Jid, b: Jid) {
  if (race === 'link ∥ link') return container.act((dialect) => link(dialect, a, b, 2));
  if (client === undefined) return container.act((dialect) => unlink(dialect, a, b));
  const item = xml('item', { jid: `${b.local}@${b.domain}`, subscription: 'remove' });
  await client.send(
    xml('iq', { type: 'set', id: `remove-${users}` }, xml('query', { xmlns: 'jabber:iq:roster' }, item)),
  );
  return undefined;
}

function late(): Promise<void> {
  return sleep(Math.random() * MOST_HEAD_START_MS);
}
