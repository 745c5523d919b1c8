import { afterAll, beforeAll, describe } from 'vitest';
import { built } from '../support/built.ts';
import { STOCK, type Traits } from '../support/traits.ts';
import { startWorld, type World } from '../support/world.ts';
import type { XmppServer } from '../support/xmpp-server.ts';
import { presenceContract } from './bulk-presence.ts';
import { credentialsContract, withoutCredentialsContract } from './credentials.ts';
import { linkContract } from './links.ts';
import { rosterContract } from './rosters.ts';
import { stanzaContract } from './stanzas.ts';

/** The one suite that every server has to pass. */
export function contractOn(
  name: string,
  startServer: () => Promise<XmppServer>,
  traits: Pick<Traits, 'credentials'> = STOCK,
): void {
  describe(`the functions on ${name}`, () => {
    let started: World | undefined;
    const world = (): World => {
      if (started === undefined) throw new Error('the world has not started');
      return started;
    };
    beforeAll(async () => {
      started = await startWorld(await startServer(), built());
    });
    afterAll(() => started?.stop());

    linkContract(world);
    rosterContract(world);
    presenceContract(world);
    stanzaContract(world);
    if (traits.credentials) credentialsContract(world);
    else withoutCredentialsContract(world);
  });
}
