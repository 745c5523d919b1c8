/** Records that SQS delivers at least once, while ejabberd ends, is killed and comes back, and connections are cut. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MethodName } from 'rostbeef-layer';
import type { Invoked, Sandbox } from '../../infra/local/sandbox.ts';
import type { Bundles } from '../support/bundles.ts';
import { type DynamoDb, startDynamoDb } from '../support/dynamodb.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { batchOf, failuresOf } from '../support/event-sources.ts';
import { startWorld } from '../support/world.ts';
import { type Accounting, type Attempt, account, type Ending } from './accounting.ts';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts';
import { Queue } from './queue.ts';
import { Receiver } from './receiver.ts';
import { makeRecords, type SoakRecord, usersFor } from './records.ts';

/** The options of a run. */
export interface SoakOptions {
  /** The folder that ejabberd's packages are unpacked in. */
  readonly root: string;
  readonly bundles: Bundles;
  readonly records: number;
  /** How often ejabberd ends in the course of them, by SIGTERM and SIGKILL in turn. */
  readonly endings: number;
  /** Whether a table keeps the keys of stanzas. */
  readonly table: boolean;
}

/**
 * A deployment has a visibility time-out of 78 seconds and 278 receives. Here outages of several seconds follow one another,
 * and both are smaller: a message that meets all of the outages must still live.
 */
const QUEUE = { visibilityMs: 5_000, maxReceiveCount: 20 };
/** Once ejabberd stays, only what is never sent again is left, and nothing is to be waited for. */
const HURRIED_MS = 500;
const CONSUMERS = 2;
const RECEIVERS = 20;
const MEAN_LIFE_MS = 2_000;
/** Lambda polls less where whole batches fail; and here ejabberd has to start on the same processors. */
const BACK_OFF_MS = 500;
const MOST_AWAY_MS = 1_000;
const TABLE = 'soak';
const METHODS = ['link_contacts', 'unlink_contacts', 'send_stanza'] as const satisfies readonly MethodName[];

/** Runs it, and accounts for every record. */
export async function soak({
  root,
  bundles,
  records: count,
  endings: endingCount,
  table,
}: SoakOptions): Promise<Accounting> {
  const [database, server] = await Promise.all([startDynamoDb(), startRealEjabberd(root)]);
  const world = await startWorld(server, bundles);
  const proxy = await startCuttingProxy(new URL(server.url), MEAN_LIFE_MS);
  try {
    await database.createTable(TABLE);
    const { receivers, records } = await prepare(server, count);
    const attempts = new Map<string, Attempt[]>(records.map(({ id }) => [id, []]));
    const queues = new Map(METHODS.map((method) => [method, new Queue(QUEUE)]));
    for (const { id, method, input } of records) queues.get(method)?.send(id, JSON.stringify(input));
    const settings = { ...(table && keysIn(database)), EJABBERD_URL: proxy.url, EJABBERD_TIMEOUT_MS: '5000' };
    const started = performance.now();
    const consuming = [...queues].flatMap(([method, queue]) =>
      Array.from({ length: CONSUMERS }, () => consume(queue, world.start(method, settings), attempts)),
    );
    const endings = await endAgainAndAgain(server, proxy, receivers, endingCount, () => {
      const left = [...queues.values()].reduce((sum, { size }) => sum + size, 0);
      return 1 - left / count;
    });
    for (const queue of queues.values()) queue.hurry(HURRIED_MS);
    await Promise.all(consuming);
    const seconds = (performance.now() - started) / 1_000;

    for (const receiver of receivers) await receiver.settle();
    const messages = new Map(receivers.flatMap((receiver) => [...receiver.messages()]));
    const links = await linksOf(world.start('get_roster'), server, records);
    await Promise.all(receivers.map((receiver) => receiver.disconnect()));
    const dead = new Set([...queues.values()].flatMap(({ deadLetters }) => [...deadLetters]));
    return account({ records, attempts, dead, endings, messages, links, cuts: proxy.cuts(), seconds, table });
  } finally {
    await world.stop();
    await Promise.all([proxy.stop(), database.stop()]);
  }
}

const keysIn = ({ url }: DynamoDb) => ({ AWS_ENDPOINT_URL_DYNAMODB: url, EJABBERD_IDEMPOTENCY_TABLE: TABLE });

/** Registers everybody, links whom a record unlinks, and lets ejabberd write that down. */
async function prepare(server: RealEjabberd, count: number) {
  const users = Array.from({ length: usersFor(count) }, (_, number) => `user${number}`);
  const receivers = Array.from({ length: RECEIVERS }, (_, number) => new Receiver(server, `receiver${number}`));
  for (const user of [...users, ...receivers.map((receiver) => receiver.user)]) await server.register(user);
  const records = makeRecords(count, { host: server.host, users, receivers: receivers.map(({ jid }) => jid) });
  for (const { method, input } of records) {
    if (method !== 'unlink_contacts') continue;
    const { jid1 = '', jid2 = '' } = input;
    await Promise.all([add(server, jid1, jid2), add(server, jid2, jid1)]);
  }
  await server.halt('SIGTERM');
  await server.restart();
  await Promise.all(receivers.map((receiver) => receiver.connect()));
  return { receivers, records };
}

async function add(server: RealEjabberd, owner: string, contact: string): Promise<void> {
  const [[localuser = '', localhost = ''], [user = '', host = '']] = [owner.split('@'), contact.split('@')];
  await server.command('add_rosteritem', {
    ...{ localuser, localhost, user, host, nick: '', subs: 'both' },
    ...(server.release === 'before-24.02' ? { group: '' } : { groups: [] }),
  });
}

/** As Lambda's event source mapping does: deletes what did not fail, and leaves the rest to become visible again. */
async function consume(queue: Queue, sandbox: Sandbox, attempts: ReadonlyMap<string, Attempt[]>): Promise<void> {
  while (queue.size > 0) {
    const messages = queue.receive();
    if (messages.length === 0) {
      await sleep(50);
      continue;
    }
    const from = performance.now();
    const bodies = messages.map(({ body }) => body);
    const invoked = await sandbox.invoke(
      batchOf(
        bodies,
        undefined,
        messages.map(({ id }) => id),
      ),
    );
    const to = performance.now();
    const failed = invoked.kind === 'result' ? failuresOf(invoked) : messages.map(({ id }) => id);
    const outcomes = outcomesIn(invoked);
    for (const { id } of messages) {
      const isDone = !failed.includes(id);
      attempts.get(id)?.push({ from, to, outcome: isDone ? 'ok' : (outcomes.get(id) ?? 'none') });
      if (isDone) queue.delete(id);
    }
    if (failed.length === messages.length) await sleep(BACK_OFF_MS);
  }
}

/** The outcome of each message in the function's log. */
function outcomesIn({ log }: Invoked): ReadonlyMap<string, string> {
  const lines = log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return new Map(lines.filter(({ messageId }) => messageId).map(({ messageId, outcome }) => [messageId, outcome]));
}

/** Ends ejabberd at even steps of the progress, and starts it again a moment later. */
async function endAgainAndAgain(
  server: RealEjabberd,
  proxy: CuttingProxy,
  receivers: readonly Receiver[],
  count: number,
  progress: () => number,
): Promise<readonly Ending[]> {
  const endings: Ending[] = [];
  while (endings.length < count) {
    while (progress() < (endings.length + 0.5) / count) await sleep(5);
    const signal = endings.length % 2 === 0 ? 'SIGTERM' : 'SIGKILL';
    const at = performance.now();
    const halted = server.halt(signal);
    proxy.refuse();
    await halted;
    const ended = performance.now();
    await sleep(Math.random() * MOST_AWAY_MS);
    await server.restart();
    await Promise.all(receivers.map((receiver) => receiver.connect()));
    await proxy.accept();
    endings.push({ signal, from: at, ended, to: performance.now() });
  }
  return endings;
}

/** Each owner's contacts with subscription `both`, as `owner contact`. */
async function linksOf(
  getRoster: Sandbox,
  { host }: RealEjabberd,
  records: readonly SoakRecord[],
): Promise<ReadonlySet<string>> {
  const owners = new Set(records.flatMap(({ input: { jid1 = '', jid2 = '' } }) => [jid1, jid2]).filter(Boolean));
  const links = new Set<string>();
  for (const owner of owners) {
    const invoked = await getRoster.invoke({ user: owner.split('@')[0], server: host });
    if (invoked.kind === 'error') throw new Error(invoked.errorMessage);
    const { contacts } = JSON.parse(invoked.body.toString());
    for (const { jid, subscription } of contacts) if (subscription === 'both') links.add(`${owner} ${jid}`);
  }
  return links;
}
