import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { type Race, runRaces } from './races.ts';

for (const [release, sql] of [
  ['23.01', false],
  ['24.12', false],
  ['24.12', true],
] as const) {
  await describeEjabberd(release, `a real ejabberd ${release}${sql ? ' with SQLite' : ''}`, (root) => {
    let server: RealEjabberd;
    beforeAll(async () => {
      server = await startRealEjabberd(root, { sql });
    });
    afterAll(() => server.stop());

    it.each<Race>(['link ∥ unlink', 'link ∥ link'])('keeps no half link of %s that no call reported', async (race) => {
      const tally = await runRaces(server, race, 40);
      expect(tally).toMatchObject({ races: 40, failed: 0, unreported: 0 });
    });
  });
}
