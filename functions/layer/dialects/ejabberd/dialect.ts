/** Implements the dialect `ejabberd`: stock ejabberd with `ejabberd_xmlrpc` and `mod_admin_extra`, 23.01 and later. */

import type { Deadline } from '../../shared/deadline.ts';
import type { Jid } from '../../xmpp/jid.ts';
import { bestPresence } from '../best-presence.ts';
import { elseIfNotFound } from '../command-errors.ts';
import { type Dialect, UNAVAILABLE } from '../dialect.ts';
import { byCodeUnit } from '../roster-items.ts';
import { commandRunner, type Invocation, type Server } from '../run-command.ts';
import { existing, rosterOrEmpty, sessionsOf } from './accounts.ts';
import { type LearnedWays, overviewOf, presencesOf } from './bulk-presence.ts';
import { registeredVhosts, sendStanza, userResources } from './commands.ts';
import type { LearnedGroups } from './groups.ts';
import { link } from './link.ts';
import { unlink } from './unlink.ts';
import { namingVhosts } from './vhosts.ts';
import { nothingLearned } from './writable.ts';
import { MOST_PAUSE_MS } from './write-both-sides.ts';

/** The sources of chance and time, which tests replace. */
export interface Chance {
  /** A number from 0 to below 1. */
  random(): number;
  sleep(ms: number): Promise<void>;
}

const CHANCE: Chance = { random: Math.random, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

/**
 * Opens the dialect for an execution environment.
 *
 * @param chance makes the pauses random, so that callers who write the same rosters do not meet again
 * @returns a function that makes the dialect for one invocation. All share what was learned about the server
 */
export function ejabberdDialect(
  server: Server,
  { random, sleep }: Chance = CHANCE,
): (invocation: Invocation & { readonly deadline: Deadline }) => Dialect {
  const groups: LearnedGroups = { argument: undefined };
  const learned = nothingLearned();
  const pause = () => sleep(random() * MOST_PAUSE_MS);
  const learnedWays: LearnedWays = { count: true, tell: true };
  return (invocation) => {
    const run = commandRunner(server, invocation, registeredVhosts());
    const rosters = { run, groups, learned, writing: { deadline: invocation.deadline, pause } };
    const connectedResources = (user: Jid, signal?: AbortSignal) =>
      run(userResources(user), { signal }).catch(elseIfNotFound<readonly string[]>([]));
    const naming = <T>(users: readonly Jid[], work: () => Promise<T>) => namingVhosts(run, users, work);
    const existingOf = <T>(user: Jid, read: () => Promise<readonly T[]>) =>
      naming([user], async () => existing(run, user, await read()));
    return {
      linkContacts: (side1, side2) => naming([side1.owner, side2.owner], () => link(rosters, side1, side2)),
      unlinkContacts: (jid1, jid2) => naming([jid1, jid2], () => unlink(rosters, jid1, jid2)),
      getRoster: (owner) => existingOf(owner, () => rosterOrEmpty(run, owner)),
      getRosterWithPresence: async (owner, select, isVisible) => {
        const [roster, overview] = await Promise.all([
          rosterOrEmpty(run, owner),
          overviewOf(run, owner.domain, learnedWays),
        ]);
        const part = select(await existingOf(owner, async () => roster));
        const visible = part.items.filter(isVisible);
        const known = await presencesOf(run, visible, overview, learnedWays);
        const presenceOf = new Map(visible.map((item, index) => [item, known[index]]));
        return { part, presences: part.items.map((item) => presenceOf.get(item) ?? UNAVAILABLE) };
      },
      getPresence: async (user) => bestPresence(await existingOf(user, () => sessionsOf(run, user))),
      connectedResources,
      getResources: async (user) => [...(await existingOf(user, () => connectedResources(user)))].sort(byCodeUnit),
      sendStanza: (from, to, stanza, signal) => run(sendStanza(from, to, stanza), { signal }),
    };
  };
}
