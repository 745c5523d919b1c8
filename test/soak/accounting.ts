/** Accounts for every record of a run, and lists the outcomes that must not occur. */
import type { Element } from '@xmpp/xml';
import type { SoakRecord } from './records.ts';

/** One delivery of a record: when its batch was at work, and what the function's log says of it. */
export interface Attempt {
  readonly from: number;
  readonly to: number;
  readonly outcome: string;
}

/** One end of ejabberd: from the signal to where every client is back. */
export interface Ending {
  readonly signal: 'SIGTERM' | 'SIGKILL';
  readonly from: number;
  /** When its process had ended. */
  readonly ended: number;
  readonly to: number;
}

/** The observations of a run. */
export interface Seen {
  readonly records: readonly SoakRecord[];
  readonly attempts: ReadonlyMap<string, readonly Attempt[]>;
  /** The ids in the dead-letter queues. */
  readonly dead: ReadonlySet<string>;
  readonly endings: readonly Ending[];
  /** The stanzas that the clients got, by the record's id. */
  readonly messages: ReadonlyMap<string, readonly Element[]>;
  /** `owner contact` of each side of a link. */
  readonly links: ReadonlySet<string>;
  readonly cuts: number;
  readonly seconds: number;
  readonly table: boolean;
}

/** The accounts. `violations` is what a run must not have. */
export interface Accounting {
  readonly table: boolean;
  readonly seconds: number;
  readonly records: number;
  readonly terminated: number;
  readonly killed: number;
  readonly cuts: number;
  /** Records that were done at their first delivery. */
  readonly done: number;
  /** Records that were done at a later one. */
  readonly retried: number;
  /** Records in the dead-letter queue, by the last error. */
  readonly dead: Readonly<Record<string, number>>;
  /** Deliveries by the error that they ended in. */
  readonly failures: Readonly<Record<string, number>>;
  /** Stanzas that came more than once, though each of their calls but the last was reported as unknown. */
  readonly sentAgain: number;
  /** The stanzas that ejabberd lost or delivered twice, because it ended soon after it took them. */
  readonly lost: readonly string[];
  readonly violations: readonly string[];
}

/**
 * How long before an end of ejabberd it may have taken what it then loses, ms. Its database writes its log every two seconds, and
 * more slowly on a busy machine. And while it stops, it goes on to answer for the moment in which it ends its clients' sessions and
 * its database: what is in a session's mailbox then is neither sent nor stored. Seen of 23.01 and 24.12: stanzas and roster items
 * that were answered up to 6 ms after SIGTERM.
 */
const REACH_MS = { SIGTERM: 1_000, SIGKILL: 5_000 } as const satisfies Record<Ending['signal'], number>;

/** Accounts for every record. */
export function account(seen: Seen): Accounting {
  const lost: string[] = [];
  const violations: string[] = [];
  let sentAgain = 0;
  for (const record of seen.records) {
    const attempts = seen.attempts.get(record.id) ?? [];
    // A slow delivery can be done, and so end its record, while a later delivery of the same record fails.
    const last = attempts.findLast(({ outcome }) => outcome === 'ok');
    const isDone = last !== undefined && !seen.dead.has(record.id);
    if (!isDone && !seen.dead.has(record.id))
      violations.push(`${record.id} is neither done nor dead after ${outcomesOf(attempts)}`);
    if (seen.dead.has(record.id) && !mayDie(record, attempts, seen.table)) {
      violations.push(`${record.id} ${record.method} is dead after ${outcomesOf(attempts)}`);
    }
    const problem = record.method === 'send_stanza' ? undefined : linkProblem(record, seen.links);
    const copies = seen.messages.get(record.id) ?? [];
    const missing = record.method === 'send_stanza' && copies.length === 0 ? 'has not arrived' : problem;
    if (isDone && missing !== undefined) {
      const near = seen.endings.find((ending) => mayLose(ending, last));
      const told = `${record.id} ${record.method} ${missing}`;
      if (near === undefined) {
        violations.push([told, outcomesOf(attempts), ...timesOf(last, seen.endings)].join('; '));
      } else {
        const seconds = Math.max(0, near.from - last.to) / 1_000;
        lost.push(`${told}: done ${seconds.toFixed(1)} s before ${near.signal}`);
      }
    }
    const arrivals = arrivalsOf(copies);
    if (copies.length > arrivals) lost.push(`${record.id} came again: that a client had it already was not written`);
    if (arrivals > 1) {
      const unknown = attempts.filter(({ outcome }) => outcome === 'OutcomeUnknownError').length;
      if (!seen.table && arrivals <= unknown + 1) sentAgain += 1;
      else violations.push(`${record.id} came ${arrivals} times, of ${outcomesOf(attempts)}`);
    }
  }
  const done = seen.records.filter(({ id }) => !seen.dead.has(id));
  const first = done.filter(({ id }) => seen.attempts.get(id)?.length === 1);
  const failures = [...seen.attempts.values()].flat().filter(({ outcome }) => outcome !== 'ok');
  return {
    table: seen.table,
    seconds: seen.seconds,
    records: seen.records.length,
    terminated: seen.endings.filter(({ signal }) => signal === 'SIGTERM').length,
    killed: seen.endings.filter(({ signal }) => signal === 'SIGKILL').length,
    cuts: seen.cuts,
    done: first.length,
    retried: done.length - first.length,
    dead: countBy([...seen.dead].map((id) => seen.attempts.get(id)?.at(-1)?.outcome ?? 'none')),
    failures: countBy(failures.map(({ outcome }) => outcome)),
    sentAgain,
    lost,
    violations,
  };
}

/** With a table, a stanza whose outcome is unknown is not sent again: its record dies. Nothing else does. */
function mayDie({ method }: SoakRecord, attempts: readonly Attempt[], table: boolean): boolean {
  return table && method === 'send_stanza' && attempts.at(-1)?.outcome === 'OutcomeUnknownError';
}

function linkProblem({ method, input }: SoakRecord, links: ReadonlySet<string>): string | undefined {
  const { jid1, jid2 } = input;
  const sides = [`${jid1} ${jid2}`, `${jid2} ${jid1}`].filter((side) => links.has(side)).length;
  const wanted = method === 'link_contacts' ? 2 : 0;
  return sides === wanted ? undefined : `shows on ${sides} sides`;
}

/** Whether an end of ejabberd can have lost what a delivery did. */
function mayLose({ signal, from, ended }: Ending, delivery: Attempt): boolean {
  return delivery.from <= ended && delivery.to >= from - REACH_MS[signal];
}

/** When a delivery was, seen from each end of ejabberd. */
function timesOf({ to }: Attempt, endings: readonly Ending[]): readonly string[] {
  return endings.map(({ signal, from }) => `${((to - from) / 1_000).toFixed(1)} s from ${signal}`);
}

/** Copies that ejabberd had stored at the same moment are one: it kept it for a client that was away. */
function arrivalsOf(copies: readonly Element[]): number {
  const stamps = copies.map((copy) => copy.getChild('delay', 'urn:xmpp:delay')?.attrs['stamp']);
  const stored = stamps.filter((stamp) => stamp !== undefined);
  return stamps.length - stored.length + new Set(stored).size;
}

function outcomesOf(attempts: readonly Attempt[]): string {
  return attempts.map(({ outcome }) => outcome).join(', ');
}

function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(names, (name) => name);
  return Object.fromEntries([...groups].map(([name, { length }]) => [name, length] as const).sort());
}

/** The accounts in Markdown. */
export function toMarkdown(accounting: Accounting): string {
  const { table, seconds, lost, violations, dead, failures, ...counts } = accounting;
  const counted = (numbers: Readonly<Record<string, number>>) =>
    Object.entries(numbers)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ') || 'none';
  return [
    `| ${table ? 'with' : 'without'} a table | |`,
    '|---|---|',
    `| records | ${counts.records} in ${seconds.toFixed(0)} s |`,
    `| ends of ejabberd | ${counts.terminated} by SIGTERM, ${counts.killed} by SIGKILL |`,
    `| connections cut | ${counts.cuts} |`,
    `| done at the first delivery | ${counts.done} |`,
    `| done at a later one | ${counts.retried} |`,
    `| in the dead-letter queue | ${counted(dead)} |`,
    `| deliveries that failed | ${counted(failures)} |`,
    `| stanzas that came again after an \`OutcomeUnknownError\` | ${counts.sentAgain} |`,
    `| lost by ejabberd as it ended | ${lost.length} |`,
    `| anything else missing, or twice | ${violations.length} |`,
    ...(lost.length > 0 ? ['', ...lost.map((line) => `- ${line}`)] : []),
  ].join('\n');
}
