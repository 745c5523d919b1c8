/** The synthesized bulk machine on the bundled functions and a real ejabberd. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { built } from '../support/built.ts';
import { type DynamoDb, startDynamoDb } from '../support/dynamodb.ts';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { functionSettings } from '../support/function-settings.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import { StateError } from '../support/step-functions/execute.ts';
import type { XmppClient } from '../support/xmpp-server.ts';
import { linksFile, missing, pairsOf, register, runName, usersOf } from './links.ts';
import { synthesizeMachines, WITH_TABLE } from './machines.ts';
import { type Interference, openStage, type Stage } from './stage.ts';

const machines = synthesizeMachines(WITH_TABLE);
const TABLE = 'keys';

await describeEjabberd('24.12', 'the bulk state machine', (root) => {
  let server: RealEjabberd;
  let secrets: SecretsManager;
  let table: DynamoDb;
  let stage: Stage;
  let alice: XmppClient;

  beforeAll(async () => {
    [server, secrets, table] = await Promise.all([startRealEjabberd(root), startSecretsManager(), startDynamoDb()]);
    secrets.set('secret', 'AWSCURRENT', server.account);
    await table.createTable(TABLE);
    const environment = {
      ...functionSettings(server, secrets, 'secret'),
      EJABBERD_IDEMPOTENCY_TABLE: TABLE,
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
    };
    stage = await openStage({ bundles: built(), machines, environment });
    await server.register('alice');
    await server.register('bob');
    alice = await server.connect('alice', 'desk', {});
  });
  afterAll(async () => {
    await alice.disconnect();
    await stage.stop();
    await Promise.all([server.stop(), secrets.stop(), table.stop()]);
  });

  const start = async (content: string, key: string, run = runName()) => {
    await stage.upload(key, content);
    return { run, report: Object(await stage.start('bulk', { key }, run)) };
  };
  const stanza = (body: string) => ({
    method: 'send_stanza',
    from: `bob@${server.host}`,
    to: `alice@${server.host}`,
    stanza: `<message><body>${body}</body></message>`,
  });
  const got = (body: string) => alice.received.filter((element) => element.getChildText('body') === body).length;
  const manifestOf = async (run: string) =>
    (await stage.keys(`runs/${run}/results/`)).find((key) => key.endsWith('manifest.json'));
  const json = (...lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

  it('links everybody, and what failed when it is started again with that', { timeout: 60_000 }, async () => {
    const pairs = pairsOf(100);
    const users = Array.from({ length: usersOf(100) }, (_, number) => number);
    // The last user is not there yet: their ten links fail for good, which are more than 5 % are.
    const late = users.slice(-1);
    await register(server, users.slice(0, -1));
    const spare = pairs.filter((pair) => late.some((number) => pair.includes(number))).slice(0, 4);
    const first = pairs.filter((pair) => !late.some((number) => pair.includes(number)));
    let calls = 0;
    const lost: Interference = async (name, call) => {
      const invoked = await call();
      calls += 1;
      if (name !== 'link_contacts' || calls % 7 !== 0) return invoked;
      return { kind: 'error', errorType: 'Lambda.Unknown', errorMessage: 'the answer was lost', log: [] };
    };
    stage.interfere(lost);
    const { report } = await start(linksFile([...first, ...spare], server.host), 'in/links.csv');
    expect(report).toMatchObject({ operations: first.length + 4, failed: 4, unknown: 0, bad: { count: 0 } });
    expect(await missing(server, first)).toEqual([]);

    await register(server, late);
    const again = Object(await stage.start('bulk', { key: report.manifest }, runName()));
    stage.interfere(undefined);
    expect(again).toMatchObject({ operations: 4, failed: 0 });
    expect(await missing(server, [...first, ...spare])).toEqual([]);
    expect(calls).toBeGreaterThan(first.length + 4);
  });

  it('tells of each failure its name and its input', async () => {
    const unlink = { method: 'unlink_contacts', jid1: `ghost1@${server.host}`, jid2: `ghost2@${server.host}` };
    const { report } = await start(json(...Array(30).fill(stanza('many')), unlink), 'in/failure.jsonl');
    const { ResultFiles } = Object((await stage.lines(report.manifest))[0]);
    const [failed] = await stage.lines(ResultFiles.FAILED[0].Key);
    expect(failed).toMatchObject({ Error: 'ItemNotFoundError', Status: 'FAILED' });
    const { method, ...input } = unlink;
    expect(JSON.parse(String(failed?.['Input']))).toMatchObject({ line: 31, method, input });
  });

  it('gives up when more than one in twenty fails, and goes on from the manifest', async () => {
    await server.register('carol');
    const link = (name: string) => ({
      method: 'link_contacts',
      ...{ jid1: `${name}@${server.host}`, nick1: name, jid2: `carol@${server.host}`, nick2: 'Carol' },
    });
    const file = json(link('nobody1'), link('nobody2'), ...Array(18).fill(link('bob')));
    const run = runName();
    await expect(start(file, 'in/many.jsonl', run)).rejects.toThrow(
      expect.objectContaining({ name: 'States.ExceedToleratedFailureThreshold' }),
    );
    await server.register('nobody1');
    await server.register('nobody2');
    expect(await stage.start('bulk', { key: await manifestOf(run) }, runName())).toMatchObject({ failed: 0 });
    expect(JSON.stringify(await server.command('get_roster', { user: 'carol', server: server.host }))).toContain(
      'nobody2',
    );
  });

  it('redrives a run that was given up: does what failed or was not started, and nothing else', async () => {
    await server.register('dan');
    const link = (name: string) => ({
      method: 'link_contacts',
      ...{ jid1: `${name}@${server.host}`, nick1: name, jid2: `dan@${server.host}`, nick2: 'Dan' },
    });
    const late = Array.from({ length: 28 }, (_, index) => `late${index}`);
    const names = ['alice', 'bob', ...late];
    await stage.upload('in/redrive.jsonl', json(...names.map(link)));
    const run = runName();
    const execution = stage.begin('bulk', { key: 'in/redrive.jsonl' }, run);
    await expect(execution()).rejects.toMatchObject({ name: 'States.ExceedToleratedFailureThreshold' });
    for (const name of late) await server.register(name);

    const called: string[] = [];
    stage.interfere((name, call) => {
      called.push(name);
      return call();
    });
    const report = await execution();
    stage.interfere(undefined);
    expect(report).toMatchObject({ run, operations: 30, failed: 0, unknown: 0, bad: { count: 0 } });
    expect(called).toEqual(late.map(() => 'link_contacts'));
    const roster = JSON.stringify(await server.command('get_roster', { user: 'dan', server: server.host }));
    expect(names.filter((name) => !roster.includes(`${name}@`))).toEqual([]);
  });

  it('reads the file again when an execution that found none is redriven', async () => {
    const execution = stage.begin('bulk', { key: 'in/later.jsonl' }, runName());
    await expect(execution()).rejects.toMatchObject({ name: 'InvalidInputError' });
    await stage.upload('in/later.jsonl', json(stanza('later')));
    expect(await execution()).toMatchObject({ operations: 1, failed: 0 });
    await alice.waitFor((element) => element.getChildText('body') === 'later');
  });

  it('sends a stanza once, though every answer is lost and the run is redriven and started again', async () => {
    let losses = 0;
    stage.interfere(async (name, call) => {
      const invoked = await call();
      if (name !== 'send_stanza') return invoked;
      losses += 1;
      return { kind: 'error', errorType: 'Lambda.SdkClientException', errorMessage: 'lost', log: [] };
    });
    const run = runName();
    await stage.upload('in/once.jsonl', json(stanza('once')));
    const execution = stage.begin('bulk', { key: 'in/once.jsonl' }, run);
    await expect(execution()).rejects.toThrow('1 failed');
    expect(losses).toBe(7);
    await expect(execution()).rejects.toThrow('1 failed');
    expect(losses).toBe(14);
    stage.interfere(undefined);
    expect(await stage.start('bulk', { key: await manifestOf(run) }, runName())).toMatchObject({ failed: 0 });
    expect(await execution()).toMatchObject({ operations: 1, failed: 0 });
    await alice.waitFor((element) => element.getChildText('body') === 'once');
    expect(got('once')).toBe(1);
  });

  it('keeps a stanza of unknown outcome in a file of its own, which no later run sends', async () => {
    stage.interfere((name, call) =>
      name === 'send_stanza'
        ? Promise.resolve({ kind: 'error', errorType: 'OutcomeUnknownError', errorMessage: 'who knows', log: [] })
        : call(),
    );
    const { run, report } = await start(json(stanza('unknown')), 'in/unknown.jsonl');
    stage.interfere(undefined);
    expect(report).toMatchObject({ operations: 1, failed: 0, unknown: 1 });
    const { method, ...input } = stanza('unknown');
    expect((await stage.lines(`runs/${run}/unknown/1.json`))[0]).toMatchObject({
      ...{ run, line: 1, method, error: 'OutcomeUnknownError' },
      input: { ...input, idempotencyKey: `${run}/1` },
    });
    await expect(stage.start('bulk', { key: report.manifest }, runName())).rejects.toThrow('holds no operation');
    expect(got('unknown')).toBe(0);
  });

  it('leaves no half link unreported when links and unlinks of one pair run at once', { timeout: 60_000 }, async () => {
    const names = ['dora', 'emil'];
    for (const name of names) await server.register(name);
    const [jid1, jid2] = names.map((name) => `${name}@${server.host}`);
    const link = (round: number) => ({ method: 'link_contacts', jid1, nick1: `D${round}`, jid2, nick2: `E${round}` });
    const unlink = { method: 'unlink_contacts', jid1, jid2 };
    for (let round = 0; round < 5; round++) {
      const lines = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? link(index) : unlink));
      const { report } = await start(json(...lines), 'in/race.jsonl').catch((error) => {
        if (error instanceof StateError) return { report: { failed: 12 } };
        throw error;
      });
      const [dora, emil] = await Promise.all(
        names.map(async (user) => JSON.stringify(await server.command('get_roster', { user, server: server.host }))),
      );
      const isWhole = dora?.includes(String(jid2)) === emil?.includes(String(jid1));
      expect(isWhole || report.failed > 0).toBe(true);
    }
  });

  it('does nothing if the file is missing', async () => {
    await expect(stage.start('bulk', { key: 'in/missing.csv' }, runName())).rejects.toThrow(
      'key names no object of the bucket',
    );
    await expect(stage.start('bulk', {}, runName())).rejects.toMatchObject({ name: 'States.QueryEvaluationError' });
  });
});
