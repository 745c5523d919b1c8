import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StandIns, startStandIns } from './stand-ins.ts';

const script = resolve(import.meta.dirname, '../../infra/smoke/smoke.ts');
/** Two users of the embedded server that are not linked. */
const PAIR = ['--jid1', 'alice@example.com', '--jid2', 'dave@example.com'];

let folder: string;
let deployment: StandIns;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rostbeef-smoke-'));
  deployment = await startStandIns();
});
afterEach(() => {
  deployment.ruleSources = undefined;
  deployment.refusesAlarms = false;
  deployment.alarmState = 'OK';
});
afterAll(async () => {
  await deployment.stop();
  await rm(folder, { recursive: true });
});

function smoke(...args: readonly string[]): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> {
  const env = { PATH: process.env['PATH'], HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...deployment.environment };
  return new Promise((settle) => {
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) =>
      settle({ code: error?.code ?? 0, lines: `${stdout}${stderr}`.trim().split('\n') }),
    );
  });
}

describe('npm run smoke', { timeout: 90_000 }, () => {
  it('says in words that the doctor, the API, the events and the alarms work', async () => {
    const { code, lines } = await smoke('--environment', 'dev', ...PAIR);
    expect(lines).toEqual([
      expect.stringMatching(/^doctor +ok: the functions reach ejabberd: 13 checks, none failed$/),
      expect.stringMatching(/^API +ok: the API takes a signed call, and answers \{"jid":"alice@example\.com/),
      'events   ok: an event from rostbeef.smoke came through bus, rule, queue and function: alice@example.com and dave@example.com are linked',
      'alarm    ok: the alarm Throttles reached its topic; its subscribers got it, and that it is over',
    ]);
    expect(code).toBe(0);
    expect(deployment.statesSet).toEqual(['ALARM', 'OK']);
  });

  it('fails if the event does not reach the function, although the users are linked already', async () => {
    expect((await smoke('--environment', 'dev', ...PAIR)).code).toBe(0);
    deployment.ruleSources = [];
    const { code, lines } = await smoke('--environment', 'dev', ...PAIR, '--wait', '1');
    expect(lines[2]).toBe(
      'events   failed: expected the event to link the users: look for it in the queues and in the functions’ logs',
    );
    expect(code).toBe(1);
  });

  it('sends its event with a source that the deployment takes', async () => {
    deployment.ruleSources = ['com.example.crm'];
    deployment.parameters.set('event-source-to-try', 'com.example.crm');
    const { code, lines } = await smoke('--environment', 'dev', ...PAIR, '--wait', '1');
    deployment.parameters.set('event-source-to-try', 'rostbeef.smoke');
    expect(lines[2]).toMatch(/^events +ok: an event from com\.example\.crm came/);
    expect(code).toBe(0);
  });

  it('leaves an alarm that is on as it is, and checks that it reached its topic when it went on', async () => {
    deployment.alarmState = 'ALARM';
    const before = deployment.statesSet.length;
    const { code, lines } = await smoke('--environment', 'dev');
    expect(lines.at(-1)).toBe(
      'alarm    ok: the alarm Throttles is on and reached its topic: look in docs/runbook.md for what to do',
    );
    expect(code).toBe(0);
    deployment.refusesAlarms = true;
    const refused = await smoke('--environment', 'dev', '--wait', '1');
    expect(refused.lines.at(-1)).toMatch(/^alarm +failed: expected the topic to take the alarm/);
    expect(refused.code).toBe(1);
    expect(deployment.statesSet).toHaveLength(before);
    expect(deployment.alarmState).toBe('ALARM');
  });

  it('says what it did not try, and why', async () => {
    const bus = deployment.parameters.get('bus-arn') ?? '';
    deployment.parameters.delete('bus-arn');
    const { code, lines } = await smoke('--environment', 'dev');
    deployment.parameters.set('bus-arn', bus);
    expect(lines.slice(1, 3)).toEqual([
      'API      not tried: --jid1 and --jid2 are required, two test users',
      'events   not tried: the deployment has no events',
    ]);
    expect(code).toBe(0);
  });

  it('fails by what does not work, and tries the rest', async () => {
    const { code, lines } = await smoke(
      '--environment',
      'dev',
      '--jid1',
      'ghost@example.com',
      '--jid2',
      'dave@example.com',
    );
    expect(lines[1]).toMatch(/^API +failed: expected status 200 of get_presence, but got 404: .*ItemNotFoundError/);
    expect(lines[2]).toBe('events   not tried: the event is checked by calls to the API, which does not work');
    expect(lines[3]).toMatch(/^alarm +ok/);
    expect(code).toBe(1);
  });

  it('fails if CloudWatch could not publish the alarm, and sets it back all the same', async () => {
    deployment.refusesAlarms = true;
    const { code, lines } = await smoke('--environment', 'dev', '--wait', '1');
    expect(lines.at(-1)).toBe(
      'alarm    failed: expected the topic to take the alarm: look at the policies of the topic and its key',
    );
    expect(deployment.statesSet.at(-1)).toBe('OK');
    expect(code).toBe(1);
  });

  it('tells a wrong command line and an environment that is not there', async () => {
    expect(await smoke()).toEqual({ code: 2, lines: ['--environment is required. See npm run smoke -- --help.'] });
    const { code, lines } = await smoke('--environment', 'prod');
    expect(lines).toEqual([
      'expected parameters below /rostbeef/prod: deploy the environment prod, or set AWS_REGION to its Region',
    ]);
    expect(code).toBe(1);
  });
});
