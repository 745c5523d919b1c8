import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import type { World } from '../support/world.ts';
import { canariesIn } from './canaries.ts';
import { catalogueOfFaults } from './catalogue.ts';
import { COLUMNS, type Fault } from './fault.ts';
import { type Played, play } from './matrix.ts';
import { startFaultyWorld } from './world.ts';

/** One fault of each sort; what remains differs in bytes that a real server has no part in. */
const SORTS = [
  'the port is closed',
  'reset after the request, which ejabberd did not receive',
  'closed before the response',
  'reset before the response, and then the port is closed',
  'no response',
  'reset in the middle of the body',
  'each byte in a packet of its own',
  'idle connections reset while the function is frozen',
  'TLS: a certificate of another host',
  '503 Service Unavailable, with a valid body',
  'XML: cut off',
  'fault -118, credentials refused',
];

const faults: readonly Fault[] = catalogueOfFaults.filter(({ name }) => SORTS.includes(name));

await describeEjabberd('24.12', 'between the functions and a real ejabberd 24.12', (root) => {
  let world: World;
  let played: Played;
  beforeAll(async () => {
    world = await startFaultyWorld(await startRealEjabberd(root));
    played = await play(world, faults);
  }, 300_000);
  afterAll(() => world?.stop());

  it.each(faults)(
    '$name: every method ends in the expected error, and the server is in the state that the error tells',
    (fault) => {
      const cells = played.cells.filter((cell) => cell.fault === fault.name);
      const seen = Object.fromEntries(cells.map(({ column, outcome }) => [column, outcome]));
      expect(seen).toEqual(Object.fromEntries(COLUMNS.map((column) => [column, fault.expected(column)])));
      expect(cells.flatMap(({ complaints }) => complaints)).toEqual([]);
    },
  );

  it('plays every sort there is', () => {
    expect(faults).toHaveLength(SORTS.length);
    expect(canariesIn(played.output.join('\n'))).toEqual([]);
  });
});
