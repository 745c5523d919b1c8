import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BlackHole, openBlackHole } from '../support/black-hole.ts';
import { built } from '../support/built.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let blackHole: BlackHole;

beforeAll(async () => {
  world = await startWorld(await startEmbeddedEjabberd('24.12'), built());
  blackHole = await openBlackHole();
});
afterAll(async () => {
  blackHole.close();
  await world.stop();
});

/** Invokes the bundled function, as a schedule does, in a fresh process. */
async function invoke(settings: Readonly<Record<string, string>>, timeoutSeconds = 10) {
  const sandbox = world.start('doctor', settings, { timeoutSeconds });
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
    const { report, lines } = await invoke({});
    expect(report).toMatchObject({ healthy: true, server: world.server.url });
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

  it('counts failed checks, apart from a server that can not be reached', async () => {
    world.secrets.set('wrong', 'AWSCURRENT', { ...world.server.account, password: 'wrong-password' });
    const { report, lines } = await invoke({ EJABBERD_SECRET_ARN: 'wrong', EJABBERD_SERVERS: 'elsewhere.test' });
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

  it('ends before the time-out of Lambda', async () => {
    const { report, lines } = await invoke({ EJABBERD_URL: `http://127.0.0.1:${blackHole.port}/` }, 2);
    expect(report.healthy).toBe(false);
    expect(lines).toMatchObject([{ failed: [{ check: 'TCP' }], EjabberdReachable: 0 }]);
  });
});
