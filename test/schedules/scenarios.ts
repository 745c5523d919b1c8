/** The calls that run at once, the rosters that they begin with, and what must hold in the end. */
import xml from '@xmpp/xml';
import type { RosterItem } from '../../functions/layer/dialects/dialect.ts';
import { rosterOf } from '../../functions/layer/dialects/roster-items.ts';
import { PartialLinkError } from '../../functions/layer/errors/index.ts';
import type { Jid } from '../../functions/layer/xmpp/jid.ts';
import type { Release } from '../../infra/local/embedded/reply.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import type { Run } from './explore.ts';
import { isHalf, shortly } from './half-link.ts';
import { type Caller, startCaller, type Wanted } from './held-call.ts';

const HOST = 'xmpp.test';
const [A, B]: readonly [Jid, Jid] = [
  { local: 'a', domain: HOST, resource: '' },
  { local: 'b', domain: HOST, resource: '' },
];
const NAMES = { a: `a@${HOST}`, b: `b@${HOST}` };

/** The content of two rosters before the calls begin. */
export const BEGINNINGS = ['strangers', 'linked', 'half linked', 'a has asked'] as const;
export type Beginning = (typeof BEGINNINGS)[number];

/** Calls that run at once. */
export const RACES: Readonly<Record<string, readonly Wanted[]>> = {
  'link ∥ unlink': [
    { name: 'link', link: ['A1', 'B1'] },
    { name: 'unlink', unlink: true },
  ],
  'link ∥ link': [
    { name: 'link1', link: ['A1', 'B1'] },
    { name: 'link2', link: ['A2', 'B2'] },
  ],
  'unlink ∥ unlink': [
    { name: 'unlink1', unlink: true },
    { name: 'unlink2', unlink: true },
  ],
  'link ∥ unlink ∥ link': [
    { name: 'link1', link: ['A1', 'B1'] },
    { name: 'unlink', unlink: true },
    { name: 'link2', link: ['A2', 'B2'] },
  ],
};

/** The outcome of one order. */
export interface Outcome {
  /** The subscriptions in the end, such as `both|both`. */
  readonly entries: string;
  /** Of each call, `ok` or the error's name. */
  readonly outcomes: readonly string[];
  /** Whether half a link is left that no call reported. */
  readonly isUnreportedHalf: boolean;
}

/** A server with two users, and callers that share nothing but it. */
export interface Theatre {
  begin(beginning: Beginning, race: readonly Wanted[]): Promise<Run<Outcome>>;
  stop(): Promise<void>;
}

/** Opens one. */
export async function openTheatre(release: Release): Promise<Theatre> {
  const server = await startEmbeddedServer({ release, hosts: [HOST] });
  for (const jid of Object.values(NAMES)) server.state.passwords.set(jid, 'password');
  const callers: Caller[] = [];
  for (let index = 0; index < 3; index += 1) callers.push(await startCaller(server.url));
  return {
    async begin(beginning, race) {
      prepare(server, beginning);
      const calls = race.flatMap((wanted, index) => callers[index]?.call(wanted, A, B) ?? []);
      return {
        calls,
        async finish() {
          const errors = await Promise.all(calls.map(({ outcome }) => outcome));
          const [one, other] = [A, B].map((jid) => ({ jid, roster: rosterIn(server, jid) }));
          if (one === undefined || other === undefined) throw new Error('two users are required');
          const isReported = errors.some((error) => error instanceof PartialLinkError);
          return {
            entries: shortly(one, other),
            outcomes: errors.map((error) => (error instanceof Error ? error.name : String(error))),
            isUnreportedHalf: isHalf(one, other) && !isReported,
          };
        },
      };
    },
    async stop() {
      await Promise.all(callers.map((caller) => caller.stop()));
      await server.stop();
    },
  };
}

function prepare({ state }: EmbeddedServer, beginning: Beginning): void {
  state.rosters.removeAll(NAMES.a);
  state.rosters.removeAll(NAMES.b);
  const add = (owner: 'a' | 'b', contact: 'a' | 'b') =>
    state.addItem({ local: owner, host: HOST }, NAMES[contact], { nick: 'Old', groups: ['G'], subscription: 'both' });
  if (beginning === 'linked' || beginning === 'half linked') add('a', 'b');
  if (beginning === 'linked') add('b', 'a');
  if (beginning === 'a has asked') state.route(NAMES.a, NAMES.b, xml('presence', { type: 'subscribe' }));
}

function rosterIn({ state }: EmbeddedServer, { local }: Jid): readonly RosterItem[] {
  return rosterOf(state.rosters.shown(`${local}@${HOST}`).map((item) => ({ ...item })));
}
