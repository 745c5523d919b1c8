import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chance, explore, runOrder } from './explore.ts';
import type { Fate } from './held-call.ts';
import { BEGINNINGS, type Outcome, openTheatre, RACES, type Theatre } from './scenarios.ts';

let theatre: Theatre;
beforeAll(async () => {
  theatre = await openTheatre('24.12');
});
afterAll(() => theatre.stop());

const unreported = (outcomes: readonly Outcome[]) => outcomes.filter(({ isUnreportedHalf }) => isUnreportedHalf);

describe.each(Object.entries(RACES))('%s', (name, race) => {
  it.each(BEGINNINGS)('leaves no half link unreported in any order with one change, from %s', async (beginning) => {
    const outcomes: Outcome[] = [];
    const bound = { changes: race.length > 2 ? 0 : 1, isBackward: false };
    await explore(
      () => theatre.begin(beginning, race),
      bound,
      (outcome) => outcomes.push(outcome),
    );
    expect(outcomes.length).toBeGreaterThan(race.length > 2 ? 3 : 7);
    expect(unreported(outcomes)).toEqual([]);
  });

  it.each<Fate>(['lost request', 'lost answer'])('leaves none unreported with a %s at any step', async (fate) => {
    const outcomes: Outcome[] = [];
    for (let faulty = 0, steps = 1; faulty < steps; faulty += 1) {
      const run = await theatre.begin('half linked', race);
      steps = await runOrder(run.calls, {
        choose: chance(faulty),
        fateAt: (step) => (step === faulty ? fate : 'pass'),
      });
      outcomes.push(await run.finish());
    }
    expect(outcomes.length).toBeGreaterThan(8);
    expect(unreported(outcomes)).toEqual([]);
    if (name.startsWith('unlink ∥')) expect(outcomes.map(({ entries }) => entries)).toContain('-|-');
  });
});

it('two links end linked, whichever of them wrote last', async () => {
  const race = RACES['link ∥ link'] ?? [];
  await explore(
    () => theatre.begin('strangers', race),
    { changes: 1, isBackward: true },
    ({ entries, outcomes }) => expect([entries, ...outcomes]).toEqual(['both|both', 'ok', 'ok']),
  );
});
