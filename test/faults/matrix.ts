/** Plays every fault on every column, and keeps what was seen. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Invoked } from '../../infra/local/sandbox.ts';
import { bundleOf } from '../support/bundles.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { Gate } from '../support/gate.ts';
import { ProbedSandbox, type Residue } from '../support/probed-sandbox.ts';
import type { World } from '../support/world.ts';
import { CANARIES } from './canaries.ts';
import { type Column, openColumns } from './columns.ts';
import type { ColumnName, Fault, Way } from './fault.ts';
import { MAX_RESPONSE_BYTES } from './http-faults.ts';
import { authority, identity } from './tls-faults.ts';

/** The outcome of one fault in one column. */
export interface Cell {
  readonly fault: string;
  readonly column: ColumnName;
  /** The error’s name, or `ok`; of a `PartialLinkError` also what it says of both sides. */
  readonly outcome: string;
  readonly elapsedMs: number;
  /** How many lines the log has of the call. */
  readonly settled: number;
  /** The violations after the call, each in words. */
  readonly complaints: readonly string[];
  /** How often it was played again since it was not as it is due. */
  readonly again: number;
}

/** The cells, and every line and answer of the functions. */
export interface Played {
  readonly cells: readonly Cell[];
  readonly output: readonly string[];
}

/** The functions’ deadline in the matrix. */
export const TIMEOUT_MS = 1_000;

/** The time that a test allows beyond it. */
export const ALLOWED_EXCESS_MS = 500;

const MOST_REPLAYS = 3;

/** Plays these faults, the columns side by side. */
export async function play(world: World, faults: readonly Fault[]): Promise<Played> {
  const columns = await openColumns(world.server);
  const cells: Cell[] = [];
  const output: string[] = [];
  for (const way of ['plain', 'tls', 'gate'] as const) {
    const these = faults.filter(({ way: own = 'plain' }) => own === way);
    if (these.length === 0) continue;
    await Promise.all(
      columns.map(async (column) => {
        const setting = await openSetting(world, column, way);
        try {
          await warmUp(setting);
          for (const fault of these) cells.push(await calmCellOf(setting, fault, output));
          output.push(...setting.sandbox.lines);
        } finally {
          await setting.close();
        }
      }),
    );
  }
  return { cells, output };
}

/** One function on its way to the server. */
export interface Setting {
  readonly column: Column;
  readonly sandbox: ProbedSandbox;
  readonly proxy: FaultProxy;
  readonly gate: Gate | undefined;
  readonly idle: () => Residue;
  warm(answer: string, residue: Residue): void;
  readonly healthy: () => string;
  close(): Promise<void>;
}

/** Starts a column’s function before a proxy. */
export async function openSetting(world: World, column: Column, way: Way, timeoutMs = TIMEOUT_MS): Promise<Setting> {
  const proxy = await FaultProxy.start({ target: world.server.url, ...(way === 'tls' && { identity }) });
  const gate = way === 'gate' ? await Gate.open(proxy.port) : undefined;
  const sandbox = new ProbedSandbox({
    ...bundleOf(world.bundles, column.method),
    name: column.method,
    environment: {
      ...world.settings(),
      EJABBERD_URL: gate === undefined ? proxy.url : proxy.url.replace(`:${proxy.port}`, `:${gate.port}`),
      EJABBERD_TIMEOUT_MS: String(timeoutMs),
      EJABBERD_MAX_RESPONSE_BYTES: String(MAX_RESPONSE_BYTES),
      ...(way === 'tls' && { EJABBERD_CA_PEM: authority.certificate }),
    },
  });
  let answer = '';
  let residue: Residue | undefined;
  return {
    column,
    sandbox,
    proxy,
    gate,
    healthy: () => answer,
    idle: () => {
      if (residue === undefined) throw new Error('the function is not warm');
      return residue;
    },
    warm(firstAnswer, firstResidue) {
      answer = firstAnswer;
      residue = firstResidue;
    },
    async close() {
      await sandbox.stop();
      await proxy.stop();
      gate?.close();
    },
  };
}

/** A cold start may take longer than a call has here; what it leaves is what an idle process holds. */
export async function warmUp(setting: Setting): Promise<void> {
  const { column, sandbox } = setting;
  for (let tries = 0; tries < 20; tries++) {
    await column.prepare();
    const invoked = await sandbox.invoke(column.input());
    await column.contradiction(nameOf(invoked), messageOf(invoked));
    if (invoked.kind === 'result') return setting.warm(answerOf(invoked), await sandbox.residue());
  }
  throw new Error(`${column.name} does not work at all: ${sandbox.lines.join('\n')}`);
}

/**
 * A cell as it is when the machine is not busy: deadlines here are short, and other tests run beside. What is wrong by
 * itself is wrong each time.
 */
async function calmCellOf(setting: Setting, fault: Fault, output: string[]): Promise<Cell> {
  let cell = await cellOf(setting, fault, output);
  for (let again = 1; again <= MOST_REPLAYS && !isDue(cell, fault); again += 1) {
    await sleep(500 * again);
    cell = { ...(await cellOf(setting, fault, output)), again };
  }
  return cell;
}

function isDue({ column, outcome, settled, complaints, elapsedMs }: Cell, fault: Fault): boolean {
  const isInTime = elapsedMs < TIMEOUT_MS + ALLOWED_EXCESS_MS;
  return outcome === fault.expected(column) && settled === 1 && complaints.length === 0 && isInTime;
}

async function cellOf(setting: Setting, fault: Fault, output: string[]): Promise<Cell> {
  const { column, sandbox, proxy, gate } = setting;
  const complaints: string[] = [];
  await column.prepare();
  if (fault.whileFrozen !== undefined) {
    await sandbox.frozen(async () => fault.whileFrozen?.(proxy));
  } else if (fault.isBlackHole) {
    await proxy.endConnections('FIN');
    await sleep(20);
    await gate?.block();
  } else await proxy.interfere(fault, column.concerns);

  const requestId = randomUUID();
  const started = performance.now();
  const invoked = await sandbox.invoke(column.input(), requestId);
  const elapsedMs = performance.now() - started;
  output.push(answerOf(invoked), messageOf(invoked));

  complaints.push(...(await leftBehind(setting, fault)));
  await gate?.unblock();
  await proxy.heal();
  const wrong = await column.contradiction(nameOf(invoked), messageOf(invoked));
  if (wrong !== undefined) complaints.push(wrong);
  complaints.push(...(await nextCall(setting)));
  return {
    fault: fault.name,
    column: column.name,
    outcome: outcomeOf(invoked),
    elapsedMs,
    settled: sandbox.lines.filter((line) => line.startsWith('{') && JSON.parse(line).requestId === requestId).length,
    complaints,
    again: 0,
  };
}

/** Timers, requests, connections and mishaps that an idle process does not have. */
async function leftBehind({ sandbox, proxy, idle }: Setting, { isSound = false }: Fault): Promise<readonly string[]> {
  if (sandbox.starts !== 1) return ['the process crashed'];
  let complaints: readonly string[] = [];
  // Connections take a moment to close.
  for (let looks = 0; looks === 0 || (complaints.length > 0 && looks < 50); looks++) {
    await sleep(looks);
    const { more, mishaps } = beyond(await sandbox.residue(), idle());
    complaints = [
      ...more.map((resource) => `the process still holds a ${resource}`),
      ...mishaps,
      ...(isSound || proxy.broken === 0 ? [] : [`${proxy.broken} broken connections are still open`]),
    ];
  }
  return complaints;
}

/** The timers and connections that a process has gained, and its unhandled errors since. */
function beyond(now: Residue, before: Residue) {
  const more = [...now.resources];
  for (const resource of before.resources) if (more.includes(resource)) more.splice(more.indexOf(resource), 1);
  const mishaps = (['unhandledRejection', 'uncaughtExceptionMonitor', 'warning'] as const)
    .filter((kind) => now[kind] !== before[kind])
    .map((kind) => `the process had an ${kind}`);
  return { more, mishaps };
}

/** The problem of a call after the fault has ended. */
export async function nextCall({ column, sandbox, healthy }: Setting): Promise<readonly string[]> {
  await column.prepare();
  const next = await sandbox.invoke(column.input());
  const wrong = await column.contradiction(nameOf(next), messageOf(next));
  const complaints = wrong === undefined ? [] : [`the next call: ${wrong}`];
  if (answerOf(next) !== healthy()) complaints.push(`the next call answered ${outcomeOf(next)} ${answerOf(next)}`);
  return complaints;
}

/** The error’s name, or `ok`. */
export function nameOf(invoked: Invoked): string {
  return invoked.kind === 'result' ? 'ok' : invoked.errorType;
}

function messageOf(invoked: Invoked): string {
  return invoked.kind === 'result' ? '' : invoked.errorMessage;
}

function answerOf(invoked: Invoked): string {
  return invoked.kind === 'result'
    ? invoked.body.toString().replace(CANARIES.nick, '…').replace(CANARIES.body, '…')
    : '';
}

function outcomeOf(invoked: Invoked): string {
  const sides = /jid1 \w+, jid2 \w+/.exec(messageOf(invoked))?.[0];
  return sides === undefined ? nameOf(invoked) : `${nameOf(invoked)}: ${sides}`;
}
