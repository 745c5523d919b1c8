import { describe, expect, it } from 'vitest';
import { divideConnections } from '../../infra/constructs/concurrency.ts';

const limits = Array.from({ length: 992 }, (_, index) => index + 9);

describe('the share of a function in the connections to ejabberd', () => {
  it('never falls if the limit rises', () => {
    const shares = limits.map((most) => divideConnections(most, 7, 2).reservedConcurrency);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it('keeps all functions and the others within the limit', () => {
    const used = (most: number) => {
      const { reservedConcurrency, connections } = divideConnections(most, 7, 2);
      return 7 * reservedConcurrency * connections + 2;
    };
    expect(limits.filter((most) => used(most) > most)).toEqual([]);
  });

  it('has at least one connection for each invocation', () => {
    expect(limits.filter((most) => divideConnections(most, 7, 2).connections < 1)).toEqual([]);
  });
});
