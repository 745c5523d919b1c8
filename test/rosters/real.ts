import { afterAll, beforeAll, describe } from 'vitest';
import { type RosterWorld, startRosterWorld } from './fixture.ts';
import { foreignContacts } from './foreign-contacts.ts';
import { names } from './names.ts';
import { sharedGroups } from './shared-groups.ts';

/** The tests of rosters with odd contacts, on one server. @param lines more lines of `ejabberd.yml` */
export function oddRostersOn(root: string, lines = ''): void {
  describe('rosters with odd contacts', () => {
    let started: RosterWorld | undefined;
    const world = (): RosterWorld => {
      if (started === undefined) throw new Error('the world has not started');
      return started;
    };
    beforeAll(async () => {
      started = await startRosterWorld(root, lines);
    });
    afterAll(() => started?.stop());

    names(world);
    foreignContacts(world);
    sharedGroups(world);
  });
}
