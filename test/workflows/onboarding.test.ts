/** The synthesized onboarding machine, and a task of somebody else's, on the bundled functions and a real ejabberd. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EjabberdFunctions, RostbeefTask } from '../../infra/index.ts';
import { filledIn } from '../infra/template.ts';
import { built } from '../support/built.ts';
import { type DynamoDb, startDynamoDb } from '../support/dynamodb.ts';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { functionSettings } from '../support/function-settings.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import { runName } from './links.ts';
import { synthesizeMachines, WITH_TABLE } from './machines.ts';
import { openStage, type Stage } from './stage.ts';

const TABLE = 'keys';

await describeEjabberd('24.12', 'the onboarding state machine', (root) => {
  let server: RealEjabberd;
  let secrets: SecretsManager;
  let table: DynamoDb;
  let stage: Stage;
  let count = 0;

  beforeAll(async () => {
    [server, secrets, table] = await Promise.all([startRealEjabberd(root), startSecretsManager(), startDynamoDb()]);
    secrets.set('secret', 'AWSCURRENT', server.account);
    await table.createTable(TABLE);
    const environment = {
      ...functionSettings(server, secrets, 'secret'),
      EJABBERD_IDEMPOTENCY_TABLE: TABLE,
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
    };
    stage = await openStage({ bundles: built(), machines: synthesizeMachines(WITH_TABLE), environment });
    await server.register('bot');
  });
  afterAll(async () => {
    await stage.stop();
    await Promise.all([server.stop(), secrets.stop(), table.stop()]);
  });

  const jid = (user: string) => `${user}@${server.host}`;

  /** Registers a new user and a team, each by a name of its own. */
  async function people(size: number) {
    count += 1;
    const user = `new${count}`;
    const team = Array.from({ length: size }, (_, index) => `member${count}x${index}`);
    for (const name of [user, ...team]) await server.register(name);
    return { user, team };
  }

  const inputOf = (user: string, team: readonly string[]) => ({
    ...{ user, server: server.host, nick: 'New', group: 'Team' },
    team: team.map((name) => ({ jid: jid(name), nick: name })),
    welcome: { from: jid('bot'), stanza: '<message><body>Welcome</body></message>' },
  });

  /** The contacts of a user, by JID. */
  async function contactsOf(user: string): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
    const { contacts } = Object(await server.command('get_roster', { user, server: server.host }));
    return Object.fromEntries(contacts.map((contact: { jid: string }) => [contact.jid, contact]));
  }

  const run = (user: string, team: readonly string[]) => stage.start('onboarding', inputOf(user, team), runName());
  const failure = (result: Promise<unknown>) =>
    result.then(
      () => undefined,
      ({ name, message }: Error) => ({ name, report: JSON.parse(message) }),
    );

  it('links a new user with each member, both sides and groups, and sends the welcome once', async () => {
    const { user, team } = await people(3);
    const client = await server.connect(user, 'desk', {});
    let losses = 0;
    stage.interfere(async (name, call) => {
      const invoked = await call();
      if (name !== 'send_stanza' || losses > 1) return invoked;
      losses += 1;
      return { kind: 'error', errorType: 'Lambda.Unknown', errorMessage: 'lost', log: [] };
    });
    const report = await run(user, team);
    stage.interfere(undefined);
    expect(report).toEqual({ linked: team.map(jid), welcome: 'sent' });
    const own = await contactsOf(user);
    for (const member of team) {
      expect(own[jid(member)]).toMatchObject({ nick: member, subscription: 'both', groups: ['Team'] });
      expect((await contactsOf(member))[jid(user)]).toMatchObject({ nick: 'New', subscription: 'both' });
    }
    await client.waitFor((element) => element.getChildText('body') === 'Welcome');
    expect(losses).toBe(2);
    expect(client.received.filter((element) => element.getChildText('body') === 'Welcome')).toHaveLength(1);
    await client.disconnect();
  });

  it('undoes the links if a member can’t be linked, and keeps a contact from before', async () => {
    const { user, team } = await people(3);
    const [friend = '', other = '', third = ''] = team;
    await stage.call('link_contacts', { jid1: jid(user), nick1: 'Old', jid2: jid(friend), nick2: 'Friend' });
    const ended = await failure(run(user, [friend, 'ghost', other, third]));
    expect(ended).toEqual({
      name: 'NotOnboarded',
      report: {
        failed: [expect.objectContaining({ jid: jid('ghost'), error: 'ItemNotFoundError' })],
        unlinked: [jid(other), jid(third)],
        left: [],
        kept: [jid(friend)],
      },
    });
    expect(Object.keys(await contactsOf(user))).toEqual([jid(friend)]);
    expect(await contactsOf(other)).toEqual({});
  });

  it('unlinks a member whose link failed half way, and tells what could not be undone', async () => {
    const { user, team } = await people(2);
    const [half = '', stuck = ''] = team;
    stage.interfere(async (name, call) => {
      const invoked = await call();
      const isHalf = name === 'link_contacts' && half !== '' && invoked.kind === 'result';
      if (isHalf && (await contactsOf(user))[jid(half)] !== undefined) {
        return { kind: 'error', errorType: 'PartialLinkError', errorMessage: 'half', log: [] };
      }
      if (name !== 'unlink_contacts') return invoked;
      return (await contactsOf(user))[jid(stuck)] === undefined
        ? { kind: 'error', errorType: 'PermissionDeniedError', errorMessage: 'no', log: [] }
        : invoked;
    });
    const ended = await failure(run(user, team));
    stage.interfere(undefined);
    expect(ended).toMatchObject({ name: 'NotOnboarded' });
    const { unlinked, left } = ended?.report ?? {};
    expect([...unlinked, ...left.map((one: { jid: string }) => one.jid)].sort()).toEqual(
      [jid(half), jid(stuck)].sort(),
    );
    expect(left).toContainEqual(expect.objectContaining({ outcome: 'left', error: 'PermissionDeniedError' }));
    expect(await contactsOf(user)).toEqual({});
  });

  it('never unlinks a pair that one of the two rosters had, or whose JIDs may be spelt otherwise', async () => {
    const { user, team } = await people(1);
    const [member = ''] = team;
    await server.register('müller');
    const before = { localuser: member, localhost: server.host, user, host: server.host };
    await server.command('add_rosteritem', { ...before, nick: 'Before', groups: [], subs: 'none' });
    const ended = await failure(run(user, [member, 'müller', 'ghost']));
    expect(ended?.report).toMatchObject({ unlinked: [], kept: [jid(member), jid('müller')] });
    expect(Object.keys(await contactsOf(user)).sort()).toEqual([jid(member), jid('müller')].sort());
  });

  it('reads a roster of several pages', async () => {
    const { user, team } = await people(1);
    const [friend = ''] = team;
    for (let index = 0; index < 60; index++) {
      const many = { localuser: user, localhost: server.host, user: `contact${index}`, host: 'far.example' };
      await server.command('add_rosteritem', { ...many, nick: 'n', groups: [], subs: 'both' });
    }
    await stage.call('link_contacts', { jid1: jid(user), nick1: 'N', jid2: jid(friend), nick2: 'F' });
    expect((await failure(run(user, [friend, 'ghost'])))?.report).toMatchObject({ unlinked: [], kept: [jid(friend)] });
  });

  it('sends the welcome once, and links no member again, when a failed execution is redriven', async () => {
    const { user, team } = await people(2);
    const client = await server.connect(user, 'desk', {});
    const execution = stage.begin('onboarding', inputOf(user, team), runName());
    const called: string[] = [];
    const lose = (lost: boolean) =>
      stage.interfere(async (name, call) => {
        called.push(name);
        const invoked = await call();
        return name === 'send_stanza' && lost
          ? { kind: 'error', errorType: 'Lambda.Unknown', errorMessage: 'lost', log: [] }
          : invoked;
      });
    lose(true);
    await expect(execution()).rejects.toMatchObject({ name: 'Lambda.Unknown' });
    called.splice(0);
    lose(false);
    expect(await execution()).toEqual({ linked: team.map(jid), welcome: 'sent' });
    stage.interfere(undefined);
    expect(called).toEqual(['send_stanza']);
    await client.waitFor((element) => element.getChildText('body') === 'Welcome');
    expect(client.received.filter((element) => element.getChildText('body') === 'Welcome')).toHaveLength(1);
    await client.disconnect();
  });

  it('links only the members that are left when an execution that failed among them is redriven', async () => {
    const { user, team } = await people(3);
    const execution = stage.begin('onboarding', inputOf(user, team), runName());
    let called: string[] = [];
    stage.interfere((name, call) => {
      called.push(name);
      const links = called.filter((one) => one === 'link_contacts').length;
      if (name !== 'link_contacts' || links !== 2) return call();
      // No catcher of States.ALL catches this one.
      return Promise.resolve({ kind: 'error', errorType: 'States.DataLimitExceeded', errorMessage: 'large', log: [] });
    });
    await expect(execution()).rejects.toMatchObject({ name: 'States.DataLimitExceeded' });
    expect(called).not.toContain('send_stanza');
    called = [];
    expect(await execution()).toEqual({ linked: team.map(jid), welcome: 'sent' });
    stage.interfere(undefined);
    expect(called).toEqual(['link_contacts', 'send_stanza']);
  });

  it('fails again, and calls nothing, when an execution that undid its links is redriven', async () => {
    const { user, team } = await people(1);
    const execution = stage.begin('onboarding', inputOf(user, [...team, 'ghost']), runName());
    const first = await failure(execution());
    let calls = 0;
    stage.interfere((_, call) => {
      calls += 1;
      return call();
    });
    expect(await failure(execution())).toEqual(first);
    stage.interfere(undefined);
    expect(first).toMatchObject({ name: 'NotOnboarded' });
    expect(calls).toBe(0);
  });

  it('catches a user who does not exist by the error’s name', async () => {
    await expect(run('nobody', ['ghost'])).rejects.toMatchObject({ name: 'NoSuchUser' });
  });

  describe('a task of somebody else’s that sends a stanza without a key', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'rostbeef-theirs-'));
    afterAll(() => rmSync(outdir, { recursive: true }));

    it('sends it once if the answer is lost, and not at all if Lambda refuses the call for good', async () => {
      const stack = new Stack(new App({ outdir }), 'Theirs');
      const rostbeef = new EjabberdFunctions(stack, 'Rostbeef', {
        vpc: new Vpc(stack, 'Vpc'),
        ejabberd: { url: 'https://xmpp.internal:5443/xmlrpc' },
      });
      const send = new RostbeefTask(stack, 'Send', { rostbeef, method: 'send_stanza', input: '{% $states.input %}' });
      new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(send) });
      const [machine] = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
      const definition = filledIn(machine?.['Properties'].DefinitionString, (_, argument) => String(argument));
      const { user } = await people(0);
      const client = await server.connect(user, 'desk', {});
      const stanzas = () => client.received.filter((element) => element.getChildText('body') !== null);
      const input = (body: string) => ({
        ...{ from: jid('bot'), to: jid(user), stanza: `<message><body>${body}</body></message>` },
      });
      for (const errorType of ['Lambda.SdkClientException', 'Lambda.Unknown', 'Sandbox.Timedout', 'States.Timeout']) {
        let calls = 0;
        const lost = stage.run(String(definition), input(errorType), async () => {
          calls += 1;
          await stage.call('send_stanza', input(errorType));
          return { kind: 'error', errorType, errorMessage: 'lost', log: [] };
        });
        await expect(lost).rejects.toMatchObject({ name: errorType });
        expect(calls).toBe(1);
      }
      await client.waitFor((element) => element.getChildText('body') === 'States.Timeout');
      expect(stanzas()).toHaveLength(4);
      let refused = 0;
      const throttled = stage.run(String(definition), input('throttled'), async () => {
        refused += 1;
        return { kind: 'error', errorType: 'Lambda.TooManyRequestsException', errorMessage: 'slower', log: [] };
      });
      await expect(throttled).rejects.toMatchObject({ name: 'Lambda.TooManyRequestsException' });
      expect(refused).toBe(7);
      expect(stanzas()).toHaveLength(4);
      await client.disconnect();
    });
  });
});
