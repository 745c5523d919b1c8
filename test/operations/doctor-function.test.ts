import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Built, build } from '../../infra/build.ts';
import { Sandbox } from '../../infra/local/sandbox.ts';
import { type BlackHole, openBlackHole } from '../support/black-hole.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { functionSettings } from '../support/function-settings.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import type { XmppServer } from '../support/xmpp-server.ts';

let folder: string;
let built: Built;
let server: XmppServer;
let secrets: SecretsManager;
let blackHole: BlackHole;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rostbeef-doctor-'));
  [built, server, secrets, blackHole] = await Promise.all([
    build(folder),
    startEmbeddedEjabberd('24.12'),
    startSecretsManager(),
    openBlackHole(),
  ]);
});
afterAll(async () => {
  blackHole.close();
  await Promise.all([rm(folder, { recursive: true }), server.stop(), secrets.stop()]);
});

/** Invokes the bundled function, as a schedule does, in a fresh process. */
async function invoke(settings: Readonly<Record<string, string>>, timeoutSeconds = 10) {
  const bundle = built.operations['doctor'];
  if (bundle === undefined) throw new Error('the doctor was not built');
  const environment = { ...functionSettings(server, secrets, 'secret'), ...settings };
  const sandbox = new Sandbox({ ...bundle, name: 'doctor', environment, timeoutSeconds });
  const schedule = { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: {} };
  try {
    const outcome = await sandbox.invoke(schedule);
    const lines = outcome.log.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    return { report: outcome.kind === 'result' ? JSON.parse(String(outcome.body)) : outcome, lines };
  } finally {
    await sandbox.stop();
  }
}

describe('the function doctor', () => {
  it('returns the report, and logs one line with two metrics of no dimension', async () => {
    secrets.set('secret', 'AWSCURRENT', server.account);
    const { report, lines } = await invoke({});
    expect(report).toMatchObject({ healthy: true, server: server.url });
    expect(lines).toMatchObject([
      {
        level: 'INFO',
        function: 'doctor',
        failed: [],
        EjabberdReachable: 1,
        DoctorFailures: 0,
        _aws: {
          CloudWatchMetrics: [
            {
              Namespace: 'rostbeef',
              Dimensions: [[]],
              Metrics: [
                { Name: 'EjabberdReachable', Unit: 'Count' },
                { Name: 'DoctorFailures', Unit: 'Count' },
              ],
            },
          ],
        },
      },
    ]);
  });

  it('counts what fails, and tells it from a server that can not be reached', async () => {
    secrets.set('secret', 'AWSCURRENT', { ...server.account, password: 'wrong-password' });
    const { report, lines } = await invoke({ EJABBERD_SERVERS: 'elsewhere.test' });
    expect(report.healthy).toBe(false);
    const failed = [{ check: 'credentials', fix: expect.stringContaining('ejabberdctl') }];
    expect(lines).toMatchObject([{ level: 'ERROR', failed, EjabberdReachable: 1, DoctorFailures: 1 }]);
    expect(JSON.stringify([report, lines])).not.toContain('wrong-password');
  });

  it.each([
    ['settings that are wrong', { EJABBERD_URL: 'nonsense' }, 'settings'],
    ['an unknown host', { EJABBERD_URL: 'http://no-such-host.invalid/' }, 'name resolution'],
  ])('returns its report of %s as well', async (_, settings, check) => {
    const { report, lines } = await invoke(settings);
    expect(report.healthy).toBe(false);
    expect(lines).toMatchObject([{ failed: [{ check }], EjabberdReachable: 0 }]);
  });

  it('is done before Lambda ends it', async () => {
    const { report, lines } = await invoke({ EJABBERD_URL: `http://127.0.0.1:${blackHole.port}/` }, 2);
    expect(report.healthy).toBe(false);
    expect(lines).toMatchObject([{ failed: [{ check: 'TCP' }], EjabberdReachable: 0 }]);
  });
});
