import { describe, expect, it } from 'vitest';
import { BENCHES, runBench } from './index.ts';

describe('the benchmark', () => {
  it.each(Object.keys(BENCHES))(
    '%s runs, and every figure of it is one',
    async (name) => {
      const { figures } = await runBench(name, 'tiny');
      expect(figures.length).toBeGreaterThan(0);
      for (const { what, measured } of figures) expect(`${what}: ${measured}`).not.toMatch(/NaN|undefined|Infinity/);
    },
    60_000,
  );
});
