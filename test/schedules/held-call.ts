/** One link or unlink in flight, each request of which a proxy holds until it is told to let it go. */

import { setImmediate as turn } from 'node:timers/promises';
import pLimit from 'p-limit';
import { link, type Rosters } from '../../functions/layer/dialects/ejabberd/link.ts';
import { unlink } from '../../functions/layer/dialects/ejabberd/unlink.ts';
import { vhostReader } from '../../functions/layer/dialects/ejabberd/vhosts.ts';
import { nothingLearned } from '../../functions/layer/dialects/ejabberd/writable.ts';
import { commandRunner, type Run } from '../../functions/layer/dialects/run-command.ts';
import { createEndpoint, openSockets } from '../../functions/layer/http/index.ts';
import { Deadline } from '../../functions/layer/shared/deadline.ts';
import type { Jid } from '../../functions/layer/xmpp/jid.ts';
import { type Exchange, FaultProxy } from '../support/fault-proxy.ts';

/** The task of a call. */
export type Wanted =
  | { readonly name: string; readonly link: readonly [nick1: string, nick2: string] }
  | { readonly name: string; readonly unlink: true };

/** How a request goes on: as it should, without reaching the server, or without its answer reaching the caller. */
export type Fate = 'pass' | 'lost request' | 'lost answer';

/** A request that waits at the proxy. */
export interface Held {
  /** The same in every run that came here by the same way. */
  readonly key: string;
  readonly isRead: boolean;
  /** The users whose rosters it reads or may change. */
  readonly rosters: readonly string[];
  release(fate: Fate): Promise<void>;
}

/** A call, from its start to its end. */
export interface HeldCall {
  readonly held: ReadonlyMap<string, Held>;
  readonly isDone: boolean;
  /** Whether it waits for nothing but what is held. */
  readonly isStill: boolean;
  /** `ok`, or the error. */
  readonly outcome: Promise<unknown>;
}

/** A caller with its proxy and its connections, as a container keeps them. */
export interface Caller {
  call(wanted: Wanted, jid1: Jid, jid2: Jid): HeldCall;
  stop(): Promise<void>;
}

/** These are held; what only looks whether a user exists or a command may be run passes. */
const HELD = /<methodName>(?:get_roster|add_rosteritem|delete_rosteritem|send_stanza)</;

/** Tells whether a request only probes: by a user that does not exist, by an invalid user, or without the last argument. */
const isProbe = (request: string) =>
  request.includes('rostbeef-probe') ||
  request.includes('rostbeef@probe') ||
  (request.includes('add_rosteritem') && !request.includes('<name>subs<'));

/** Starts a caller before a server. */
export async function startCaller(target: string): Promise<Caller> {
  const proxy = await FaultProxy.start({ target });
  const endpoint = createEndpoint({ url: new URL(proxy.url), ca: undefined, maxResponseBytes: 1e6, maxSockets: 10 });
  const learned = nothingLearned();
  const groups: Rosters['groups'] = { argument: undefined };
  const sharedGroups: Rosters['sharedGroups'] = new Map();
  return {
    call(wanted, jid1, jid2) {
      const held = new Map<string, Held>();
      const counts = new Map<string, number>();
      let underway = 0;
      let isDone = false;
      const hold = (exchange: Exchange) => {
        const place = placeOf(exchange);
        const base = `${wanted.name} ${exchange.command} ${place.about}`;
        const count = (counts.get(base) ?? 0) + 1;
        counts.set(base, count);
        const key = `${base} ${count}`;
        held.set(key, {
          key,
          ...place,
          release: (fate) => (held.delete(key) ? letGo(exchange, fate) : Promise.resolve()),
        });
      };
      const deadline = new Deadline(60_000);
      const sockets = openSockets(endpoint);
      const plain = commandRunner({ endpoint, credentials: undefined, limitLarge: pLimit(4) }, { deadline, sockets });
      const run: Run = async (command, options) => {
        underway += 1;
        try {
          return await plain(command, options);
        } finally {
          underway -= 1;
        }
      };
      const start = async () => {
        await proxy.interfere({ play: hold }, (request) => HELD.test(request) && !isProbe(request));
        const writing = { deadline, pause: async () => undefined };
        const rosters: Rosters = { run, readVhosts: vhostReader(run), groups, sharedGroups, learned, writing };
        if ('unlink' in wanted) return unlink(rosters, jid1, jid2);
        const [nick1, nick2] = wanted.link;
        await link(
          rosters,
          { owner: jid1, contact: jid2, nick: nick2, group: undefined },
          { owner: jid2, contact: jid1, nick: nick1, group: undefined },
        );
        return undefined;
      };
      const outcome = start()
        .then(
          () => 'ok',
          (error: unknown) => error,
        )
        .finally(() => {
          isDone = true;
          deadline.end();
          sockets.close();
        });
      return {
        held,
        outcome,
        get isDone() {
          return isDone;
        },
        get isStill() {
          return isDone || (underway > 0 && held.size === underway);
        },
      };
    },
    async stop() {
      await proxy.stop();
      endpoint.kept.destroy();
    },
  };
}

/** Waits until nothing moves any more but by a release. */
export async function stillness(calls: readonly HeldCall[]): Promise<void> {
  do await turn();
  while (!calls.every(({ isStill }) => isStill));
}

async function letGo(exchange: Exchange, fate: Fate): Promise<void> {
  if (fate === 'lost request') return exchange.reset();
  const answer = await exchange.forward();
  if (fate === 'lost answer') exchange.reset();
  else exchange.socket.write(answer);
}

/** A presence and a deletion change both rosters: what the one user takes back shows in the other's. */
function placeOf({ command, request }: Exchange): Pick<Held, 'isRead' | 'rosters'> & { readonly about: string } {
  const text = request.toString();
  const member = (name: string) => new RegExp(`<name>${name}</name><value><string>([^<]*)`).exec(text)?.[1] ?? '';
  const local = (jid: string) => jid.split('@')[0] ?? '';
  switch (command) {
    case 'get_roster':
      return { isRead: true, rosters: [member('user')], about: member('user') };
    case 'add_rosteritem':
      return { isRead: false, rosters: [member('localuser')], about: member('localuser') };
    case 'delete_rosteritem':
      return { isRead: false, rosters: [member('localuser'), member('user')], about: member('localuser') };
    default: {
      const [from, to] = [local(member('from')), local(member('to'))];
      return { isRead: false, rosters: [from, to], about: `${to} ${/un\w+/.exec(member('stanza'))?.[0] ?? ''}` };
    }
  }
}
