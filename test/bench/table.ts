/** The results of a benchmark: figures with their targets, and curves. */

/** One figure and its target. */
export interface Figure {
  readonly what: string;
  /** In words, such as `>= 12 x`; `""` for what is only shown. */
  readonly target: string;
  readonly measured: string;
  /** `undefined` for what is only shown. */
  readonly met: boolean | undefined;
}

/** The curves: a line of points for each name. */
export interface Curve {
  readonly file: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: Readonly<Record<string, readonly (readonly [x: number, y: number])[]>>;
}

/** The findings of one benchmark. */
export interface Findings {
  readonly figures: readonly Figure[];
  readonly curves?: readonly Curve[];
}

/** How much is measured: `full`, or as little as shows that the benchmark runs. */
export type Scale = 'full' | 'tiny';

/** One benchmark. */
export interface Bench {
  readonly name: string;
  readonly title: string;
  run(scale: Scale): Promise<Findings>;
}

/** A figure that should be at least so many times something. */
export function atLeast(target: number, measured: number, what: string): Figure {
  return { what, target: `>= ${target} x`, measured: times(measured), met: measured >= target };
}

/** A figure that should be at most so many times something. */
export function atMost(target: number, measured: number, what: string, detail = ''): Figure {
  return { what, target: `<= ${target} x`, measured: `${times(measured)}${detail}`, met: measured <= target };
}

/** A figure without a target. */
export function shown(what: string, measured: string): Figure {
  return { what, target: '', measured, met: undefined };
}

/** Such as `1.07 x`. */
export function times(value: number): string {
  return `${value.toPrecision(value >= 100 ? 3 : value >= 1 ? Math.max(3, 2) : 2)} x`;
}

/** Milliseconds, or microseconds below one. */
export function duration(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toPrecision(3)} s`;
  return ms >= 1 ? `${ms.toPrecision(3)} ms` : `${(ms * 1_000).toPrecision(3)} µs`;
}

/** The table of all figures as text. */
export function tableOf(found: readonly (readonly [bench: string, findings: Findings])[]): string {
  const rows = found.flatMap(([bench, { figures }]) =>
    figures.map(({ what, target, measured, met }) => [bench, what, target, measured, verdict(met)] as const),
  );
  const header = ['reach', 'figure', 'target', 'measured', 'verdict'] as const;
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function verdict(met: boolean | undefined): string {
  return met === undefined ? '' : met ? 'met' : 'MISSED';
}
