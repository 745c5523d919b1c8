/** `rostbeef roster`, `rostbeef presence` and `rostbeef resources`. */
import { Command } from 'commander';
import type { Contact, ContactWithPresence, GetPresenceResult } from '../generated/methods.ts';
import type { Io } from './io.ts';
import { userOf, writeResult } from './results.ts';
import { type Cell, type Look, safe, styled, writeTable } from './style.ts';
import { clientOf, type TargetOptions, withTarget } from './target.ts';

type Show = GetPresenceResult['show'];

const LOOKS: Readonly<Record<Show, Look>> = {
  available: 'green',
  chat: 'green',
  away: 'yellow',
  xa: 'yellow',
  dnd: 'red',
  unavailable: 'dim',
};

/** Lists a roster. */
export function rosterCommand(io: Io): Command {
  const command = new Command('roster')
    .description('Lists the contacts of a user.')
    .argument('<jid>', 'the user, such as alice@example.com')
    .option('--presence', 'with the presence of each contact');
  return withTarget(command)
    .addHelpText('after', '\nExample:\n  $ rostbeef roster alice@example.com --presence')
    .action(async (jid: string, options: TargetOptions & { readonly presence?: true }) => {
      const client = await clientOf(options);
      if (options.presence) {
        const contacts = await collected(client.rosterWithPresence(userOf(jid)));
        writeResult(io, { contacts }, () => writeContacts(io, PRESENCE_HEAD, contacts, presenceRow));
      } else {
        const contacts = await collected(client.roster(userOf(jid)));
        writeResult(io, { contacts }, () => writeContacts(io, HEAD, contacts, row));
      }
    });
}

async function collected<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const HEAD = ['CONTACT', 'NICK', 'GROUPS', 'SUBSCRIPTION', 'PENDING'];

function row({ jid, nick, groups, subscription, pending }: Contact): readonly Cell[] {
  return [
    { text: jid, look: 'bold' },
    { text: nick },
    { text: groups.join(', ') },
    { text: subscription },
    { text: pending, look: pending === 'none' ? 'dim' : 'yellow' },
  ];
}

const PRESENCE_HEAD = ['CONTACT', 'NICK', 'PRESENCE', 'RESOURCE', 'STATUS'];

function presenceRow({ jid, nick, show, resource, status }: ContactWithPresence): readonly Cell[] {
  return [
    { text: jid, look: 'bold' },
    { text: nick },
    { text: show, look: LOOKS[show] },
    { text: resource },
    { text: status },
  ];
}

function writeContacts<Item>(
  { out }: Io,
  head: readonly string[],
  contacts: readonly Item[],
  cellsOf: (contact: Item) => readonly Cell[],
): void {
  if (contacts.length > 0) writeTable(out, head, contacts.map(cellsOf));
  const count = contacts.length === 1 ? '1 contact' : `${contacts.length} contacts`;
  out.write(`${styled(out, 'dim', count)}\n`);
}

/** Tells how a user is there. */
export function presenceCommand(io: Io): Command {
  const command = new Command('presence')
    .description('Tells the presence of a user.')
    .argument('<jid>', 'the user, such as bob@example.com');
  return withTarget(command)
    .addHelpText('after', '\nExample:\n  $ rostbeef presence bob@example.com')
    .action(async (jid: string, options: TargetOptions) => {
      const presence = await (await clientOf(options)).getPresence(userOf(jid));
      writeResult(io, presence, () => {
        const status = presence.status === '' ? '' : `: ${safe(presence.status)}`;
        io.out.write(`${safe(presence.jid)} is ${styled(io.out, LOOKS[presence.show], presence.show)}${status}\n`);
      });
    });
}

/** Lists the connected resources of a user. */
export function resourcesCommand(io: Io): Command {
  const command = new Command('resources')
    .description('Lists the connected resources of a user.')
    .argument('<jid>', 'the user, such as alice@example.com');
  return withTarget(command)
    .addHelpText('after', '\nExample:\n  $ rostbeef resources alice@example.com')
    .action(async (jid: string, options: TargetOptions) => {
      const result = await (await clientOf(options)).getResources(userOf(jid));
      writeResult(io, result, () => {
        const lines = result.resources.map(safe);
        io.out.write(`${lines.length > 0 ? lines.join('\n') : styled(io.out, 'dim', 'offline')}\n`);
      });
    });
}
