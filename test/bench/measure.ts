/** Timing on a machine that does other things as well: subjects take turns, and what counts is their ratio. */

/** Runs a subject once. Its result is awaited. */
export type Subject = () => unknown;

/** Which clock: `cpu` is that of this process, with all its threads, and does not see what others on the machine do. */
export type Clock = 'wall' | 'cpu';

/** Each subject's times in milliseconds, one a round. */
export type Times<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/**
 * Times subjects in turn, `rounds` times, each time in another order, so that whatever slows the machine down slows all.
 *
 * @param repeat how often a subject runs in one timing; the time is that of one run
 */
export async function interleaved<Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  { rounds, repeat = 1, clock = 'wall' }: { readonly rounds: number; readonly repeat?: number; readonly clock?: Clock },
): Promise<Times<Name>> {
  const names = Object.keys(subjects) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round) % names.length] as Name;
      const started = read(clock);
      for (let run = 0; run < repeat; run += 1) {
        const result = subjects[name]();
        if (result instanceof Promise) await result;
      }
      times[name].push((read(clock) - started) / repeat);
    }
  }
  return times;
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that a share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** How many times `one` takes what `other` takes: the median of the rounds' ratios, for a round's times are neighbours. */
export function ratio(one: readonly number[], other: readonly number[]): number {
  return median(one.map((time, round) => time / (other[round] ?? Number.NaN)));
}

function read(clock: Clock): number {
  if (clock === 'wall') return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
