/** Runs every order of every race within a bound: `npm run schedules`. Prints a table for `docs/reliability.md`. */
import { scriptArguments, wholeNumberOr } from '../../infra/command/command.ts';
import { type Bound, chance, explore, runOrder } from './explore.ts';
import type { Fate } from './held-call.ts';
import { BEGINNINGS, type Outcome, openTheatre, RACES, type Theatre } from './scenarios.ts';

const { positionals } = scriptArguments({
  name: 'npm run schedules',
  summary:
    'Runs every order of the steps of calls at the same time, within a bound, and prints the table of docs/reliability.md.',
  argument: {
    name: 'changes',
    help: 'the most changes from one call to another in an order of two calls (default: 3)',
  },
  options: {},
  example: '2',
});
const most = wholeNumberOr(positionals[0], 'changes', 3);

/** The outcome of many orders. */
interface Tally {
  orders: number;
  partial: number;
  unreported: number;
}

async function everyOrder(theatre: Theatre, race: string): Promise<Tally> {
  const calls = RACES[race] ?? [];
  const tally: Tally = { orders: 0, partial: 0, unreported: 0 };
  // Three calls have many more orders than two.
  const changes = calls.length > 2 ? most - 1 : most;
  const bounds: readonly Bound[] = [false, true].map((isBackward) => ({ changes, isBackward }));
  for (const beginning of BEGINNINGS) {
    for (const bound of bounds)
      await explore(
        () => theatre.begin(beginning, calls),
        bound,
        (found) => add(tally, found),
      );
  }
  return tally;
}

/** Every step of orders made by chance meets every fault once. */
async function everyFault(theatre: Theatre, race: string): Promise<Tally> {
  const calls = RACES[race] ?? [];
  const tally: Tally = { orders: 0, partial: 0, unreported: 0 };
  for (const beginning of BEGINNINGS) {
    for (const fate of ['lost request', 'lost answer'] satisfies Fate[]) {
      for (let faulty = 0, steps = 1; faulty < steps; faulty += 1) {
        const run = await theatre.begin(beginning, calls);
        const choose = chance(faulty);
        steps = await runOrder(run.calls, { choose, fateAt: (step) => (step === faulty ? fate : 'pass') });
        add(tally, await run.finish());
      }
    }
  }
  return tally;
}

function add(tally: Tally, { outcomes, isUnreportedHalf }: Outcome): void {
  tally.orders += 1;
  tally.partial += Number(outcomes.includes('PartialLinkError'));
  tally.unreported += Number(isUnreportedHalf);
}

async function main(): Promise<void> {
  const line = (texts: readonly unknown[]) => console.log(`| ${texts.join(' | ')} |`);
  line(['calls', 'orders', 'a call reported `PartialLinkError`', 'half links unreported']);
  line(['---', '---', '---', '---']);
  const theatre = await openTheatre('24.12');
  for (const race of Object.keys(RACES)) {
    const orders = await everyOrder(theatre, race);
    line([race, orders.orders, orders.partial, orders.unreported]);
    const faults = await everyFault(theatre, race);
    line([`${race}, with a fault`, faults.orders, faults.partial, faults.unreported]);
  }
  await theatre.stop();
}

await main();
