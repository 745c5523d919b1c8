/**
 * Writes two rosters, which no transaction spans, and verifies the result.
 *
 * Both rosters are read back after the last write. If they are not right, both are written again. The call that writes last
 * also reads last. Therefore no call can leave half a link and report a success.
 */

import { ConnectionLostError, PartialLinkError, type SideState } from '../../errors/index.ts';
import { now } from '../../shared/clock.ts';
import { Deadline } from '../../shared/deadline.ts';
import { isOversized, mayHaveRun } from '../command-errors.ts';
import type { RunOptions } from '../run-command.ts';
import type { Entry } from './roster-entry.ts';

/** The result of checking an entry: a `wrong` subscription or request, `other` nick or groups, or `right`. */
export type Verdict = 'right' | 'other' | 'wrong';

/** The goal of one side of a link or unlink. */
export interface Goal {
  /**
   * Writes the entry. A second write is harmless.
   *
   * @param known the entry as it was last read
   */
  write(known: Entry, options: RunOptions): Promise<void>;
  read(options: RunOptions): Promise<Entry>;
  judge(entry: Entry): Verdict;
  /** Whether an acknowledged write is enough if the roster is too large to be read. */
  readonly trustsAcknowledgement: boolean;
}

/** The outcome of reading a roster back. */
type Reading = { readonly entry: Entry } | 'unread' | 'oversized';

/** The progress of one side. */
export interface Progress {
  readonly goal: Goal;
  /** The entry as it was last seen. It stays after the entry has left the roster. */
  known: Entry;
  /** Whether it was wrong before the first write; `undefined` if it was not read then. */
  readonly wasWrong: boolean | undefined;
  /** Whether a write was acknowledged. */
  isAcknowledged: boolean;
  /** Whether a write was acknowledged, or may have been done. */
  isTouched: boolean;
  reading: Reading;
}

/** Both sides, of `jid1` and of `jid2`; `undefined` for a user that does not exist. */
export type Pair = readonly [Progress | undefined, Progress | undefined];

/** The deadline and the pauses of one call. */
export interface Writing {
  readonly deadline: Deadline;
  /** Waits for a random time, so that callers that write at once get out of step. */
  pause(): Promise<void>;
  /** Whether one side is written after the other, because each write changes both rosters. */
  readonly isInTurn?: boolean;
}

/** The most repeats after the first write. */
const MAX_REPEATS = 2;

/** The part of the deadline that is kept for reading back. */
const READING_SHARE = 1 / 5;

/** The longest pause before a repeat, in milliseconds. */
export const MAX_PAUSE_MS = 20;

/**
 * Creates the progress of a side.
 *
 * @param before the entry that was read before the first write, if the roster was read
 */
export function beginProgress(goal: Goal, before?: { readonly entry: Entry }): Progress {
  return {
    goal,
    known: before?.entry,
    wasWrong: before && goal.judge(before.entry) === 'wrong',
    isAcknowledged: false,
    isTouched: false,
    reading: 'unread',
  };
}

/**
 * Runs a write that changes a side, and records its outcome.
 *
 * @returns the error; `undefined` if the write succeeded
 */
export async function track(side: Progress, write: () => Promise<void>): Promise<unknown> {
  try {
    await write();
    side.isAcknowledged = true;
    side.isTouched = true;
    return undefined;
  } catch (error) {
    side.isTouched ||= mayHaveRun(error);
    return error;
  }
}

/**
 * Writes the sides, reads both back, and repeats both until they are right or the deadline is near.
 *
 * @param first the sides to write the first time
 * @throws PartialLinkError if a side is not right or unread at the end, or if its last write failed
 * @throws the first error of a write if nothing was changed
 */
export async function writeVerified(pair: Pair, first: readonly Progress[], writing: Writing): Promise<void> {
  const both = sidesOf(pair);
  let sides = first;
  let longestMs = 0;
  for (let repeats = 0; ; repeats += 1) {
    const started = now();
    const error = await writeAll(sides, writing);
    if (error !== undefined && !both.some(({ isTouched }) => isTouched)) throw error;
    await readBack(both, error !== undefined);
    if (both.every(isSettled)) return;
    longestMs = Math.max(longestMs, now() - started);
    const fits = longestMs + MAX_PAUSE_MS <= writing.deadline.remainingMs;
    if (repeats === MAX_REPEATS || !fits || both.some(({ reading }) => reading === 'unread')) {
      // If every write was answered, another call has renewed the nick or the groups.
      if (error === undefined && both.every(isDone)) return;
      throw partial(pair, error);
    }
    sides = both;
    await writing.pause();
  }
}

/**
 * Reads both sides back after a failed write that must not be repeated, and returns the error to throw.
 */
export async function partialAsRead(pair: Pair, cause: unknown): Promise<PartialLinkError> {
  await readBack(sidesOf(pair), true);
  return partial(pair, cause);
}

/**
 * Runs writes under a deadline that leaves time: a fifth of the deadline for reading back, and half of the rest for a repeat.
 */
export async function inWritingTime<T>(deadline: Deadline, use: (writing: Deadline) => Promise<T>): Promise<T> {
  const left = deadline.remainingMs - deadline.totalMs * READING_SHARE;
  const writing = new Deadline(left / 2, deadline);
  try {
    return await use(writing);
  } finally {
    writing.end();
  }
}

/** Writes the sides, and returns the first error. */
function writeAll(sides: readonly Progress[], { deadline, isInTurn }: Writing): Promise<unknown> {
  return inWritingTime(deadline, async (writing) => {
    const write = (side: Progress) => track(side, () => side.goal.write(side.known, { deadline: writing }));
    const errors: unknown[] = [];
    if (isInTurn) for (const side of sides) errors.push(await write(side));
    else errors.push(...(await Promise.all(sides.map(write))));
    return errors.find((error) => error !== undefined);
  });
}

/** Reads the sides back. After a failure it uses new connections, because the kept ones can be broken. */
async function readBack(sides: readonly Progress[], afterFailure: boolean): Promise<void> {
  await Promise.all(
    sides.map(async (side) => {
      side.reading = await readingOf(side.goal, afterFailure);
      if (typeof side.reading === 'object') side.known = side.reading.entry ?? side.known;
    }),
  );
}

async function readingOf(goal: Goal, fresh: boolean): Promise<Reading> {
  try {
    return { entry: await goal.read({ fresh }) };
  } catch (error) {
    if (isOversized(error)) return 'oversized';
    return error instanceof ConnectionLostError && !fresh ? readingOf(goal, true) : 'unread';
  }
}

/** Tells whether a side needs no further write. */
function isSettled(side: Progress): boolean {
  return typeof side.reading === 'object' ? side.goal.judge(side.reading.entry) === 'right' : isDone(side);
}

/** Tells whether the subscription of a side is right. */
function isDone({ goal, reading, isAcknowledged }: Progress): boolean {
  if (typeof reading === 'object') return goal.judge(reading.entry) !== 'wrong';
  return reading === 'oversized' && goal.trustsAcknowledgement && isAcknowledged;
}

function partial([side1, side2]: Pair, cause: unknown): PartialLinkError {
  return new PartialLinkError({ jid1: stateOf(side1), jid2: stateOf(side2) }, { cause });
}

function stateOf(side: Progress | undefined): SideState {
  if (side === undefined || !side.isTouched) return 'not';
  if (typeof side.reading !== 'object') return 'unknown';
  if (side.goal.judge(side.reading.entry) !== 'right') return 'not';
  return side.isAcknowledged || side.wasWrong ? 'written' : 'unknown';
}

function sidesOf(pair: Pair): readonly Progress[] {
  return pair.filter((side) => side !== undefined);
}
