/** Observes changes: rosters as the functions read them, the stanzas that clients got, and changes by others. */
import type { Element } from '@xmpp/xml';
import type { User, World } from '../support/world.ts';
import type { XmppClient } from '../support/xmpp-server.ts';

/** A roster through `get_roster`. */
export async function rosterOf(world: World, { member }: User): Promise<readonly unknown[]> {
  const { body } = await world.call('get_roster', member);
  if (!Array.isArray(body['contacts'])) throw new Error(`no roster: ${JSON.stringify(body)}`);
  return body['contacts'];
}

/** Adds an entry past the functions, as another program might. */
export function addItem(
  { server }: World,
  owner: User,
  contact: string,
  { groups = [], subs = 'both', nick = contact.split('@')[0] ?? '' }: ItemOptions = {},
): Promise<unknown> {
  const [user = '', host = ''] = contact.split('@');
  const args = { localuser: owner.name, localhost: owner.server, user, host, nick, subs };
  return server.command(
    'add_rosteritem',
    server.release === 'since-24.02' ? { ...args, groups } : { ...args, group: groups.join(';') },
  );
}

interface ItemOptions {
  readonly groups?: readonly string[];
  readonly subs?: string;
  readonly nick?: string;
}

/** Whether a stanza is a roster push, of this contact with this subscription if they are given. */
export function isPush(stanza: Element, jid?: string, subscription?: string): boolean {
  const item =
    stanza.is('iq') && stanza.attrs['type'] === 'set' && stanza.getChild('query', 'jabber:iq:roster')?.getChild('item');
  if (!item) return false;
  return (
    (jid ?? item.attrs['jid']) === item.attrs['jid'] &&
    (subscription ?? item.attrs['subscription']) === item.attrs['subscription']
  );
}

/** Whether a stanza asks to see the receiver's presence. */
export function isSubscribe(stanza: Element): boolean {
  return stanza.is('presence') && stanza.attrs['type'] === 'subscribe';
}

let marks = 0;

/** The roster pushes that each client got because of an action; a stanza sent after it marks the end. */
export async function pushesSince(
  world: World,
  clients: readonly XmppClient[],
  act: () => Promise<unknown>,
): Promise<Element[][]> {
  const before = clients.map(({ received }) => received.length);
  await act();
  return Promise.all(
    clients.map(async (client, index) => {
      marks += 1;
      const id = `mark-${marks}`;
      await world.call('send_stanza', { from: 'marker@xmpp.test', to: client.jid, stanza: `<message id="${id}"/>` });
      await client.waitFor((stanza) => stanza.attrs['id'] === id);
      return client.received.slice(before[index]).filter((stanza) => isPush(stanza));
    }),
  );
}
