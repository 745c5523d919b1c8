import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEjabberd, describeInFull } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { IS_FULL } from '../support/full.ts';
import { type Race, runRaces } from './races.ts';

/** `npm run races` runs more of them on more servers. */
const RACES = IS_FULL ? 40 : 20;

for (const [release, sql, describeServer] of [
  ['23.01', false, describeInFull],
  ['24.12', false, describeEjabberd],
  ['24.12', true, describeInFull],
] as const) {
  await describeServer(release, `a real ejabberd ${release}${sql ? ' with SQLite' : ''}`, (root) => {
    let server: RealEjabberd;
    beforeAll(async () => {
      server = await startRealEjabberd(root, { sql });
    });
    afterAll(() => server.stop());

    it.each<Race>(['link ∥ unlink', 'link ∥ link'])('%s leaves no half link that no call reported', async (race) => {
      const tally = await runRaces(server, race, RACES);
      expect(tally).toMatchObject({ races: RACES, failed: 0, unreported: 0 });
    });
  });
}
