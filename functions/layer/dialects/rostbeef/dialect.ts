/** Implements the dialect `rostbeef`: mod_rostbeef and ProcessOne's mod_xmlrpc, 2008 to 2013, without authentication. */

import { ItemNotFoundError } from '../../errors/index.ts';
import { bestPresence } from '../best-presence.ts';
import { elseIf } from '../command-errors.ts';
import type { Dialect } from '../dialect.ts';
import { byCodeUnit } from '../roster-items.ts';
import { commandRunner, type Invocation, type Server } from '../run-command.ts';
import * as commands from './commands.ts';
import { type LearnedForm, linkByOneCall, unlinkByOneCall } from './link.ts';

/**
 * Creates the dialect of one container. All its invocations share what they learn about the server.
 *
 * @returns a function that creates the dialect of one invocation
 */
export function rostbeefDialect(server: Server): (invocation: Invocation) => Dialect {
  const learned: LearnedForm = { form: undefined };
  return (invocation) => {
    const run = commandRunner(server, invocation);
    return {
      linkContacts: (side1, side2) => linkByOneCall(run, side1, side2, learned),
      unlinkContacts: (jid1, jid2) => unlinkByOneCall(run, jid1, jid2),
      // These servers do not list their vhosts.
      isForeign: async () => false,
      getRoster: (owner) => run(commands.getRoster(owner)),
      async getRosterWithPresence(owner, select, isVisible) {
        const contacts = await run(commands.getRosterWithPresence(owner));
        const part = select(contacts.map(({ item }) => item));
        const sessions = new Map(contacts.map((contact) => [contact.item, contact.sessions]));
        return {
          part,
          presences: part.items.map((item) => bestPresence((isVisible(item) && sessions.get(item)) || [])),
        };
      },
      getPresence: async (user) => ({ ...bestPresence(await run(commands.getPresence(user))), user }),
      connectedResources: (user, deadline) =>
        run(commands.getResources(user), { deadline }).catch(elseIf<readonly string[]>(ItemNotFoundError, [])),
      getResources: async (user) => [...(await run(commands.getResources(user)))].sort(byCodeUnit),
      sendStanza: (from, to, stanza, deadline) => run(commands.sendStanza(from, to, stanza), { deadline }),
    };
  };
}
