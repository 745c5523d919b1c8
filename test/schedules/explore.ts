/**
 * Runs the orders of the requests of concurrent calls.
 *
 * The number of changes from one unfinished call to another is bounded, because their number grows without a bound and
 * errors show with few of them (M. Musuvathi and S. Qadeer, “Iterative context bounding”, 2007).
 */
import { type Fate, type Held, type HeldCall, stillness } from './held-call.ts';

/** One run of the calls: it starts them, and tells what came of them. */
export interface Run<Result> {
  readonly calls: readonly HeldCall[];
  finish(): Promise<Result>;
}

/** Which orders are run. */
export interface Bound {
  /** The most changes from a call that has not ended to another. */
  readonly changes: number;
  /** Whether each call's requests about its second roster come before those about its first. */
  readonly isBackward: boolean;
}

/** A place in an order: the requests that may go next there, and which of them does. */
interface Place {
  readonly options: number;
  taken: number;
}

/**
 * Runs every order within the bound.
 *
 * @param start begins a run from the same state every time
 * @param found gets what came of each
 */
export async function explore<Result>(
  start: () => Promise<Run<Result>>,
  bound: Bound,
  found: (result: Result) => void,
): Promise<void> {
  const way: Place[] = [];
  do {
    const run = await start();
    await follow(run.calls, way, bound);
    found(await run.finish());
  } while (turnBack(way));
}

/** A way of choosing by chance, with a fate of its own for each step. */
export interface Chosen {
  /** @returns an index below `count` */
  choose(count: number): number;
  fateAt(step: number): Fate;
}

/**
 * Runs one order to its end.
 *
 * @returns how many steps it had
 */
export async function runOrder(calls: readonly HeldCall[], { choose, fateAt }: Chosen): Promise<number> {
  for (let step = 0; ; step += 1) {
    await stillness(calls);
    const held = calls.flatMap((call) => heldIn(call, false));
    const next = held[choose(held.length)];
    if (next === undefined) return step;
    await next.release(fateAt(step));
  }
}

/** Goes the known way, and on from its end with the first option everywhere. */
async function follow(calls: readonly HeldCall[], way: Place[], { changes, isBackward }: Bound): Promise<void> {
  let current: HeldCall | undefined;
  let left = changes;
  for (let depth = 0; ; depth += 1) {
    await stillness(calls);
    const waiting = calls.filter(({ held }) => held.size > 0);
    const isOver: boolean = current === undefined || !waiting.includes(current);
    const others = waiting.filter((call) => call !== current);
    const options = isOver ? others : [...(current ? [current] : []), ...(left > 0 ? others : [])];
    if (options.length === 0) return;
    const place = way[depth] ?? { options: options.length, taken: 0 };
    way[depth] = place;
    const next: HeldCall | undefined = options[place.taken];
    if (!isOver && next !== current) left -= 1;
    current = next;
    await (next && heldIn(next, isBackward)[0])?.release('pass');
  }
}

/**
 * Turns to the next option, at the latest place that has one.
 *
 * @returns whether there is one
 */
function turnBack(way: Place[]): boolean {
  for (let place = way.at(-1); place !== undefined; place = way.at(-1)) {
    if (place.taken + 1 < place.options) {
      place.taken += 1;
      return true;
    }
    way.pop();
  }
  return false;
}

function heldIn({ held }: HeldCall, isBackward: boolean): readonly Held[] {
  const sorted = [...held.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  return isBackward ? sorted.reverse() : sorted;
}

/** The same numbers for the same seed (a linear congruential generator). */
export function chance(seed: number): (count: number) => number {
  let state = seed + 1;
  return (count) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * count);
  };
}
