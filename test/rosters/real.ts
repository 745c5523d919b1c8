import { afterAll, beforeAll, describe } from 'vitest';
import { type RosterVariation, type RosterWorld, startRosterWorld } from './fixture.ts';
import { foreignContacts } from './foreign-contacts.ts';
import { names } from './names.ts';
import { presenceWays } from './presence-ways.ts';
import { sharedGroups } from './shared-groups.ts';

/** The tests of rosters with odd contacts, on one server. */
export function oddRostersOn(root: string, variation: RosterVariation = {}): void {
  describe('rosters with odd contacts', () => {
    let started: RosterWorld | undefined;
    const world = (): RosterWorld => {
      if (started === undefined) throw new Error('the world has not started');
      return started;
    };
    beforeAll(async () => {
      started = await startRosterWorld(root, variation);
    });
    afterAll(() => started?.stop());

    names(world);
    foreignContacts(world);
    sharedGroups(world);
    presenceWays(world);
  });
}
