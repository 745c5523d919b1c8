import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideConnections } from '../../infra/constructs/concurrency.ts';

const FUNCTIONS = 7;
const OTHERS = 2;
const least = FUNCTIONS + OTHERS;
const limits = Array.from({ length: 1000 }, (_, index) => index + 1).filter((limit) => limit >= least);

describe('a limit on connections to ejabberd', () => {
  it('never gives a function less concurrency, or fewer connections, when it is raised', () => {
    const lowered = limits.slice(1).filter((limit) => {
      const [before, after] = [limit - 1, limit].map((most) => divideConnections(most, FUNCTIONS, OTHERS));
      return (
        before === undefined ||
        after === undefined ||
        after.reservedConcurrency < before.reservedConcurrency ||
        after.connections < before.connections
      );
    });
    expect(lowered).toEqual([]);
  });

  it('is never passed by all functions together, whatever their number', () => {
    const inputs = fc.record({ functions: fc.integer({ min: 1, max: 20 }), others: fc.integer({ min: 0, max: 5 }) });
    fc.assert(
      fc.property(inputs, fc.integer({ min: 0, max: 10_000 }), ({ functions, others }, spare) => {
        const limit = functions + others + spare;
        const { connections, reservedConcurrency } = divideConnections(limit, functions, others);
        expect(connections).toBeGreaterThanOrEqual(1);
        expect(reservedConcurrency).toBeGreaterThanOrEqual(1);
        expect(functions * connections * reservedConcurrency + others).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('is used to two thirds and more, from the least on', () => {
    const wasted = limits.filter((limit) => {
      const { connections, reservedConcurrency } = divideConnections(limit, FUNCTIONS, OTHERS);
      return connections * reservedConcurrency < (2 / 3) * Math.floor((limit - OTHERS) / FUNCTIONS);
    });
    expect(wasted).toEqual([]);
  });
});
