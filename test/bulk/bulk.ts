/** Many links by the bulk machine on a real ejabberd, with failures on the way. */

import { startCuttingProxy } from '../soak/cutting-proxy.ts';
import type { Bundles } from '../support/bundles.ts';
import type { RealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { functionSettings } from '../support/function-settings.ts';
import { ProbedSandbox } from '../support/probed-sandbox.ts';
import { startSecretsManager } from '../support/secrets-manager.ts';
import { linksFile, missing, pairsOf, register, runName, usersOf } from '../workflows/links.ts';
import { synthesizeMachines } from '../workflows/machines.ts';
import { openStage } from '../workflows/stage.ts';

/** The account of a run, for the table of docs/workflows.md. */
export interface Account {
  readonly links: number;
  readonly users: number;
  readonly failedFirst: number;
  readonly failedAgain: number;
  readonly cuts: number;
  readonly lostAnswers: number;
  readonly calls: number;
  /** Sides of links that are not in a roster as asked for, at the end. */
  readonly missing: number;
  readonly seconds: number;
  readonly fileMegabytes: number;
  readonly peakMegabytes: number;
}

/** Every 100th answer of a function is lost on its way. */
const LOST = 100;
/** A connection to ejabberd is cut after so long, on an average. */
const MEAN_LIFE_MS = 2_000;
/** One user in fifty is registered only after the first run. Each has ten links, so 4 % of the links fail. */
const LATE = 50;

/**
 * Links users, ten contacts each, registers those who were missing, and starts the machine again with what failed.
 *
 * @param links how many
 */
export async function runBulk(server: RealEjabberd, bundles: Bundles, links: number): Promise<Account> {
  const secrets = await startSecretsManager();
  secrets.set('secret', 'AWSCURRENT', server.account);
  const proxy = await startCuttingProxy(new URL(server.url), MEAN_LIFE_MS);
  const environment = { ...functionSettings(server, secrets, 'secret'), EJABBERD_URL: proxy.url };
  const stage = await openStage({ bundles, machines: synthesizeMachines(), environment, processes: 4 });
  try {
    const pairs = pairsOf(links);
    const users = Array.from({ length: usersOf(links) }, (_, number) => number);
    const isLate = (number: number) => number % LATE === LATE - 1;
    await register(
      server,
      users.filter((number) => !isLate(number)),
    );
    const file = linksFile(pairs, server.host);
    await stage.upload('in/links.csv', file);

    let [calls, lostAnswers] = [0, 0];
    stage.interfere(async (name, call) => {
      const invoked = await call();
      if (name !== 'link_contacts' || ++calls % LOST !== 0) return invoked;
      lostAnswers += 1;
      return { kind: 'error', errorType: 'Lambda.Unknown', errorMessage: 'the answer was lost', log: [] };
    });
    const started = performance.now();
    const first = Object(await stage.start('bulk', { key: 'in/links.csv' }, runName()));
    await register(server, users.filter(isLate));
    const again = Object(await stage.start('bulk', { key: first.manifest }, runName()));
    const seconds = (performance.now() - started) / 1000;

    return {
      links,
      users: users.length,
      failedFirst: first.failed,
      failedAgain: again.failed,
      cuts: proxy.cuts(),
      lostAnswers,
      calls,
      missing: (await missing(server, pairs)).length,
      seconds,
      fileMegabytes: Buffer.byteLength(file) / 2 ** 20,
      peakMegabytes: await peakOf(stage.prepareOptions, stage.bucket),
    };
  } finally {
    await stage.stop();
    await Promise.all([proxy.stop(), secrets.stop()]);
  }
}

/** The most memory of a process that prepares the file. */
async function peakOf(options: ConstructorParameters<typeof ProbedSandbox>[0], bucket: string): Promise<number> {
  const sandbox = new ProbedSandbox(options);
  try {
    await sandbox.invoke({ bucket, key: 'in/links.csv', run: runName(), keepsKeys: false });
    return (await sandbox.residue()).peakKilobytes / 1024;
  } finally {
    await sandbox.stop();
  }
}
