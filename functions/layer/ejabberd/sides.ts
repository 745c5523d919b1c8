/** Writes to two rosters where no transaction spans them. */
import { Deadline } from '../deadline.ts';
import { PartialLinkError, type SideState } from '../errors/index.ts';
import { mayHaveRun, type RunOptions } from './runner.ts';

/** Writes one side; doing it twice does no harm. */
export type WriteSide = (options: RunOptions) => Promise<void>;

/** What became of one side, and the error that says why. */
export interface SideOutcome {
  readonly state: SideState;
  readonly error?: unknown;
}

/**
 * Writes both sides at once, and one that fails once more on a fresh connection.
 *
 * @param deadline of all of it: the first try gets half of what is left, so that there is time for the second
 */
export async function writeSides(
  write1: WriteSide,
  write2: WriteSide,
  deadline: Deadline,
): Promise<readonly [SideOutcome, SideOutcome]> {
  const firstHalf = new Deadline(deadline.remainingMs / 2, deadline.signal);
  const writeTwice = async (write: WriteSide): Promise<SideOutcome> => {
    const first = await outcomeOf(write, { signal: firstHalf.signal });
    return first.error === undefined ? first : outcomeOf(write, { fresh: true }, first.state);
  };
  try {
    return await Promise.all([writeTwice(write1), writeTwice(write2)]);
  } finally {
    firstHalf.end();
  }
}

/**
 * Ends a link or unlink.
 *
 * @throws PartialLinkError where one side is written and the other not, or perhaps; where neither is known to be
 *   written, the first error
 */
export function demandBoth([side1, side2]: readonly [SideOutcome, SideOutcome]): void {
  const failed = [side1, side2].find(({ error }) => error !== undefined);
  if (failed === undefined) return;
  if (side1.state !== 'written' && side2.state !== 'written') throw failed.error;
  throw new PartialLinkError({ jid1: side1.state, jid2: side2.state }, { cause: failed.error });
}

async function outcomeOf(write: WriteSide, options: RunOptions, before: SideState = 'not'): Promise<SideOutcome> {
  try {
    await write(options);
    return { state: 'written' };
  } catch (error) {
    return { state: before === 'unknown' || mayHaveRun(error) ? 'unknown' : 'not', error };
  }
}
