/** The progress of long work, on one line of a terminal. */
import type { Output } from '../io.ts';
import { styled } from '../style.ts';

/** A line that is written again and again. */
export interface Progress {
  /** Counts one more. */
  add(isFailure: boolean): void;
  /** Writes the last state, and ends the line. */
  end(): void;
}

const EVERY_MS = 100;
const BAR = 24;

/**
 * Shows progress if the output is a terminal.
 *
 * @param total how much there is
 * @param before how much was done in earlier runs
 */
export function showProgress(output: Output, total: number, before: number): Progress {
  const started = performance.now();
  let count = 0;
  let failures = 0;
  let written = Number.NEGATIVE_INFINITY;
  const write = () => {
    const rate = count / Math.max((performance.now() - started) / 1_000, 0.001);
    output.write(`\r${lineOf({ done: before + count, total, rate, failures }, output)}\u001b[K`);
    written = performance.now();
  };
  if (!output.isTerminal) return { add: () => undefined, end: () => undefined };
  write();
  return {
    add(isFailure) {
      count += 1;
      if (isFailure) failures += 1;
      if (performance.now() - written >= EVERY_MS) write();
    },
    end() {
      write();
      output.write('\n');
    },
  };
}

interface Reached {
  readonly done: number;
  readonly total: number;
  /** Operations a second. */
  readonly rate: number;
  readonly failures: number;
}

/** One line of progress. */
export function lineOf({ done, total, rate, failures }: Reached, output: Output): string {
  const full = Math.floor((BAR * done) / total);
  const bar = `${styled(output, 'green', '█'.repeat(full))}${styled(output, 'dim', '░'.repeat(BAR - full))}`;
  const parts = [
    `${bar} ${Math.floor((100 * done) / total)} %`,
    `${written(done)} of ${written(total)}`,
    ...(rate > 0 ? [`${written(Math.round(rate))}/s`] : []),
    ...(rate > 0 && done < total ? [`${timeOf((total - done) / rate)} left`] : []),
    ...(failures > 0 ? [styled(output, 'red', `${written(failures)} failed`)] : []),
  ];
  return parts.join('  ');
}

const written = (number: number): string => number.toLocaleString('en-US');

/** Such as `1 h 2 min`, `3 min 4 s` or `5 s`. */
function timeOf(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole >= 3_600) return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
  return whole >= 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole} s`;
}
