/** One bulk run. */
import { randomUUID } from 'node:crypto';
import type { Client } from '../../client.ts';
import { isRostbeefError } from '../../errors.ts';
import type { RostbeefError } from '../../generated/errors.ts';
import { EXIT, exitCodeOf } from '../failures.ts';
import type { Io } from '../io.ts';
import { showProgress } from './progress.ts';
import { openReport, type Report } from './report.ts';
import { inspect, type Row, rowsOf } from './rows.ts';
import { runRows } from './runner.ts';
import { demandNoState, type Outcome, openState, type State } from './state.ts';

/** The options of a run. */
export interface BulkRun {
  readonly file: string;
  readonly client: Client;
  readonly concurrency: number;
  /** The state of the run to go on with. @default - a new run, whose state is `<file>.state` */
  readonly resume: string | undefined;
  readonly io: Io;
}

/** The outcome of a run. */
export interface Summary {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly unknown: number;
  /** Lines without an outcome, which a resumed run does. */
  readonly left: number;
  /** The file of failures, if there are any. */
  readonly failures: string | undefined;
  readonly unknowns: string | undefined;
  /** The state, if something is left. */
  readonly state: string | undefined;
  /** How many of this run's failures may pass by themselves. */
  readonly retryableFailures: number;
  /** The error that would have hit every line. */
  readonly stoppedBy: RostbeefError | undefined;
}

/** Errors of the way, the settings or the permissions: every other line would end in them too. */
const ENDING_THE_RUN: readonly string[] = [
  'AccessDeniedError',
  'ApiAnswerError',
  'ApiUnreachableError',
  'ConfigurationError',
  'CredentialsRejectedError',
  'CredentialsUnavailableError',
  'EjabberdUnreachableError',
  'IdempotencyStoreUnavailableError',
  'NotAuthenticatedError',
  'PermissionDeniedError',
  'RouteNotFoundError',
  'SigningError',
];

/** Runs every line of a file that has no outcome yet. @throws UsageError before anything is done */
export async function runBulk({ file, client, concurrency, resume, io }: BulkRun): Promise<Summary> {
  const { total, ...files } = await openFiles(file, resume);
  const { state, failures, unknowns } = files;
  const progress = showProgress(io.err, total, state.outcomes.size);
  const stop = new AbortController();
  const hurry = new AbortController();
  const release = io.onInterrupt(() => {
    if (stop.signal.aborted) hurry.abort();
    else io.err.write('\nCtrl-C: finishing what is at work. Again to stop at once.\n');
    stop.abort();
  });
  let retryableFailures = 0;
  let stoppedBy: RostbeefError | undefined;

  const fail = async (row: Row, error: RostbeefError): Promise<void> => {
    const isUnknown = error.name === 'OutcomeUnknownError';
    if (!isUnknown && exitCodeOf(error) === EXIT.tryAgain) retryableFailures += 1;
    await (isUnknown ? unknowns : failures).write(row, error);
    await state.keep(row.line, isUnknown ? 'unknown' : 'failed');
    progress.add(true);
  };
  const work = async (row: Row): Promise<void> => {
    const withKey = await keyed(row, state);
    try {
      await callRow(client, withKey, hurry.signal);
    } catch (error) {
      if (hurry.signal.aborted && error === hurry.signal.reason) return;
      if (!isRostbeefError(error)) throw error;
      if (!ENDING_THE_RUN.includes(error.name)) return fail(withKey, error);
      stoppedBy ??= error;
      throw error;
    }
    await state.keep(row.line, 'done');
    progress.add(false);
  };

  try {
    await runRows(withoutOutcome(rowsOf(file), state), { concurrency, stop: stop.signal, work });
  } catch (error) {
    if (error !== stoppedBy) throw error;
  } finally {
    release();
    progress.end();
    await Promise.all([failures.close(), unknowns.close()]);
  }
  const left = total - state.outcomes.size;
  await (left === 0 ? state.remove() : state.close());
  return { ...summaryOf(total, files), retryableFailures, stoppedBy };
}

/** The files that a run keeps. */
interface Files {
  readonly state: State;
  readonly failures: Report;
  readonly unknowns: Report;
}

/** Checks the file of operations, and opens those that the run keeps. @throws UsageError */
async function openFiles(file: string, resume: string | undefined): Promise<Files & { readonly total: number }> {
  const { total, columns, sha256 } = await inspect(file);
  const base = file.replace(/\.csv$/i, '');
  const isNew = resume === undefined;
  const members = [...new Set([...columns, ...(columns.includes('stanza') ? ['idempotencyKey'] : [])])];
  const statePath = resume ?? `${file}.state`;
  if (isNew) await demandNoState(statePath);
  const failures = await openReport(`${base}.failures.csv`, members, isNew);
  const unknowns = await openReport(`${base}.unknown.csv`, members, isNew);
  const state = await openState(statePath, sha256, isNew);
  return { total, state, failures, unknowns };
}

function summaryOf(
  total: number,
  { state, failures, unknowns }: Files,
): Omit<Summary, 'retryableFailures' | 'stoppedBy'> {
  const count = (wanted: Outcome) => [...state.outcomes.values()].filter((outcome) => outcome === wanted).length;
  const [done, failed, unknown] = [count('done'), count('failed'), count('unknown')];
  const left = total - state.outcomes.size;
  return {
    total,
    done,
    failed,
    unknown,
    left,
    failures: failed > 0 ? failures.path : undefined,
    unknowns: unknown > 0 ? unknowns.path : undefined,
    state: left > 0 ? state.path : undefined,
  };
}

async function* withoutOutcome(rows: AsyncIterable<Row>, { outcomes }: State): AsyncGenerator<Row, void> {
  for await (const row of rows) if (!outcomes.has(row.line)) yield row;
}

/** The row with a key, if it is a stanza. A new key is in the state before the stanza is sent. */
async function keyed(row: Row, state: State): Promise<Row> {
  if (row.method !== 'send_stanza' || row.input['idempotencyKey'] !== undefined) return row;
  const key = state.keys.get(row.line) ?? randomUUID();
  if (!state.keys.has(row.line)) await state.keepKey(row.line, key);
  return { ...row, input: { ...row.input, idempotencyKey: key } };
}

/** Calls the method of a row. The API checks the input, as it checks that of every caller. */
function callRow(client: Client, { method, input }: Row, signal: AbortSignal): Promise<unknown> {
  const { jid1 = '', nick1 = '', jid2 = '', nick2 = '', group1, group2, from = '', to = '', stanza = '' } = input;
  const { idempotencyKey } = input;
  if (method === 'unlink_contacts') return client.unlinkContacts({ jid1, jid2 }, { signal });
  if (method === 'send_stanza') return client.sendStanza({ from, to, stanza, idempotencyKey }, { signal });
  return client.linkContacts({ jid1, nick1, jid2, nick2, group1, group2 }, { signal });
}
