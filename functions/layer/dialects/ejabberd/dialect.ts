/** Implements the dialect `ejabberd`: stock ejabberd with `ejabberd_xmlrpc` and `mod_admin_extra`, 23.01 and later. */
import { setTimeout } from 'node:timers/promises';
import type { Deadline } from '../../shared/deadline.ts';
import type { Jid } from '../../xmpp/jid.ts';
import { bestPresence } from '../best-presence.ts';
import { type Dialect, UNAVAILABLE } from '../dialect.ts';
import { byCodeUnit } from '../roster-items.ts';
import { commandRunner, type Invocation, type Server } from '../run-command.ts';
import { accountExists, existing, resourcesOf, rosterOrEmpty, sessionsOf, userExists } from './accounts.ts';
import { type LearnedWays, overviewOf, presencesOf } from './bulk-presence.ts';
import { registeredVhosts, sendStanza } from './commands.ts';
import type { LearnedGroups } from './groups.ts';
import type { LearnedSharedGroups } from './known-shared-groups.ts';
import { link } from './link.ts';
import { unlink } from './unlink.ts';
import { isForeign, namingVhosts, spelledByServer, vhostReader } from './vhosts.ts';
import { nothingLearned } from './writable.ts';
import { MAX_PAUSE_MS } from './write-both-sides.ts';

/**
 * Creates the dialect of one container. All its invocations share what they learn about the server.
 *
 * @returns a function that creates the dialect of one invocation
 */
export function ejabberdDialect(server: Server): (invocation: Invocation) => Dialect {
  const groups: LearnedGroups = { argument: undefined };
  const sharedGroups: LearnedSharedGroups = new Map();
  const learned = nothingLearned();
  const pause = () => setTimeout(Math.random() * MAX_PAUSE_MS);
  const learnedWays: LearnedWays = { canCount: true, canReadAll: true };
  return (invocation) => {
    const run = commandRunner(server, invocation, registeredVhosts());
    const readVhosts = vhostReader(run);
    const writing = { deadline: invocation.deadline, pause };
    const rosters = { run, readVhosts, groups, sharedGroups, learned, writing };
    const spelled = (jid: Jid) => spelledByServer(readVhosts, jid);
    const naming = <T>(users: readonly Jid[], work: () => Promise<T>) => namingVhosts(readVhosts, users, work);
    const rosterOf = (owner: Jid) =>
      naming([owner], async () => existing(run, owner, await rosterOrEmpty(run, owner), userExists));
    const resourcesBySpelling = async (user: Jid, deadline?: Deadline) =>
      resourcesOf(run, await spelled(user), deadline);
    return {
      async linkContacts(given1, given2) {
        const [jid1, jid2] = await Promise.all([spelled(given1.owner), spelled(given2.owner)]);
        const [side1, side2] = [
          { ...given1, owner: jid1, contact: jid2 },
          { ...given2, owner: jid2, contact: jid1 },
        ];
        await naming([jid1, jid2], () => link(rosters, side1, side2));
      },
      async unlinkContacts(given1, given2) {
        const [jid1, jid2] = await Promise.all([spelled(given1), spelled(given2)]);
        return naming([jid1, jid2], () => unlink(rosters, jid1, jid2));
      },
      isForeign: (domain) => isForeign(readVhosts, domain),
      getRoster: async (owner) => rosterOf(await spelled(owner)),
      async getRosterWithPresence(given, select, isVisible) {
        const owner = await spelled(given);
        const [roster, overview] = await Promise.all([rosterOf(owner), overviewOf(run, owner.domain, learnedWays)]);
        const part = select(roster);
        const visible = part.items.filter(isVisible);
        const known = await presencesOf(run, visible, overview, learnedWays);
        const presenceOf = new Map(visible.map((item, index) => [item, known[index]]));
        return { part, presences: part.items.map((item) => presenceOf.get(item) ?? UNAVAILABLE) };
      },
      async getPresence(given) {
        const user = await spelled(given);
        const sessions = await naming([user], async () =>
          existing(run, user, await sessionsOf(run, user), accountExists),
        );
        return { ...bestPresence(sessions), user };
      },
      connectedResources: resourcesBySpelling,
      async getResources(given) {
        const user = await spelled(given);
        const resources = await naming([user], async () =>
          existing(run, user, await resourcesOf(run, user), accountExists),
        );
        return [...resources].sort(byCodeUnit);
      },
      async sendStanza(from, to, stanza, deadline) {
        const [sender, receiver] = await Promise.all([spelled(from), spelled(to)]);
        await run(sendStanza(sender, receiver, stanza), { deadline });
      },
    };
  };
}
