/** Links among many users, as a file of operations, and what the rosters say of them. */
import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { XmppServer } from '../support/xmpp-server.ts';

/** A pair of users, by their numbers. */
export type Pair = readonly [number, number];

/** The most contacts of a user. */
const CONTACTS = 10;

/**
 * Makes pairs of users who are all different pairs, with ten contacts for each user.
 *
 * @param count of the pairs; a fifth as many users take part
 */
export function pairsOf(count: number): readonly Pair[] {
  const users = usersOf(count);
  return Array.from({ length: count }, (_, index) => {
    const user = index % users;
    return [user, (user + 1 + Math.floor(index / users)) % users];
  });
}

/** How many users so many pairs are of. */
export function usersOf(pairs: number): number {
  return (2 * pairs) / CONTACTS;
}

/** The file, as CSV. */
export function linksFile(pairs: readonly Pair[], host: string): string {
  const rows = pairs.map(([a, b]) => `link_contacts,u${a}@${host},Nick of ${a},u${b}@${host},Nick of ${b}\n`);
  return `method,jid1,nick1,jid2,nick2\n${rows.join('')}`;
}

/** Registers users. */
export async function register(server: XmppServer, numbers: readonly number[]): Promise<void> {
  await pLimit(8).map(numbers, (number) => server.register(`u${number}`));
}

/** The links that are not complete: each roster must have the other user, by nick, with subscription `both`. */
export async function missing(server: XmppServer, pairs: readonly Pair[]): Promise<readonly string[]> {
  const wanted = new Map<number, string[]>();
  for (const [a, b] of pairs) {
    wanted.set(a, [...(wanted.get(a) ?? []), `u${b}@${server.host} Nick of ${b} both`]);
    wanted.set(b, [...(wanted.get(b) ?? []), `u${a}@${server.host} Nick of ${a} both`]);
  }
  const found = await pLimit(8).map([...wanted], async ([number, contacts]) => {
    const entries = new Set(entriesOf(await server.command('get_roster', { user: `u${number}`, server: server.host })));
    return contacts.filter((contact) => !entries.has(contact)).map((contact) => `u${number}: ${contact}`);
  });
  return found.flat();
}

/** The entries of a roster as ejabberd answers it, as `<jid> <nick> <subscription>`. */
function entriesOf(roster: unknown): readonly string[] {
  const contacts: readonly Readonly<Record<string, string>>[] = Object(roster).contacts ?? roster;
  return contacts.map(({ jid, nick, subscription }) => `${jid} ${nick} ${subscription}`);
}

/** A name for a run that no other has. */
export function runName(): string {
  return `run-${randomUUID()}`;
}
