/** The functions, built, and a server with the canary’s password: where faults are played. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../infra/build.ts';
import { startSecretsManager } from '../support/secrets-manager.ts';
import type { XmppServer } from '../support/xmpp-server.ts';
import { CANARIES } from './canaries.ts';
import type { Stage } from './matrix.ts';

/** A stage that is to be closed. */
export interface OpenStage extends Stage {
  /** Sets the value of another secret than the account’s. */
  setSecret(name: string, value: unknown): void;
  close(): Promise<void>;
}

/** Opens one on a server, which ends with it. */
export async function openStage(server: XmppServer): Promise<OpenStage> {
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-faults-'));
  const [built, secrets] = await Promise.all([build(folder), startSecretsManager()]);
  await server.changePassword(server.account, CANARIES.password);
  secrets.set('secret', 'AWSCURRENT', { ...server.account, password: CANARIES.password });
  return {
    built,
    server,
    secrets: secrets.url,
    setSecret: (name, value) => secrets.set(name, 'AWSCURRENT', value),
    async close() {
      await Promise.all([server.stop(), secrets.stop(), rm(folder, { recursive: true })]);
    },
  };
}
