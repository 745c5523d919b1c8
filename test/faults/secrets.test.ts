import { catalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleOf } from '../support/bundles.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { entrances } from '../support/event-sources.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { IS_FULL } from '../support/full.ts';
import { ProbedSandbox } from '../support/probed-sandbox.ts';
import type { World } from '../support/world.ts';
import { CANARIES, canariesIn } from './canaries.ts';
import { catalogueOfFaults } from './catalogue.ts';
import type { Fault } from './fault.ts';
import { startFaultyWorld } from './world.ts';

/** Those that a proxy can play alone; one that lets time run out is enough, for they all end in the same place. */
const faults: readonly Fault[] = catalogueOfFaults.filter(
  ({ name, way, whileFrozen, expected }) =>
    way === undefined &&
    whileFrozen === undefined &&
    (expected('get_roster') !== 'EjabberdTimeoutError' || name === 'silence in the middle of the body'),
);

/** Of users of the method's own: a nick that another one wrote is no leak where a roster is read. */
function properInput(method: string): object {
  const [user, other] = usersOf(method);
  const [jid1, jid2] = [`${user}@xmpp.test`, `${other}@xmpp.test`];
  const { nick, group, stanza } = CANARIES;
  if (method === 'link_contacts') return { jid1, nick1: nick, jid2, nick2: nick, group1: group };
  if (method === 'unlink_contacts') return { jid1, jid2 };
  if (method === 'send_stanza') {
    return { from: jid1, to: jid2, stanza: `<message><body>${stanza}</body></message>` };
  }
  return { user, server: 'xmpp.test' };
}

const usersOf = (method: string) => [`${method}-1`, `${method}-2`] as const;

/** A proper input, and improper ones that hold what must not come out. */
function inputsOf(method: string): readonly unknown[] {
  const input = properInput(method);
  const texts = method === 'link_contacts' ? ['nick1', 'nick2', 'group1'] : method === 'send_stanza' ? ['stanza'] : [];
  return [
    input,
    ...texts.flatMap((name) => [
      { ...input, [name]: `${CANARIES.nick}\u0000` },
      { ...input, [name]: `\ud800${CANARIES.nick}` },
      { ...input, [name]: [CANARIES.nick] },
      { ...input, [name]: `<${CANARIES.stanza}>` },
      { ...input, [name]: `<message><${CANARIES.stanza}></message>` },
      { ...input, [name]: `<!DOCTYPE x [<!ENTITY e "${CANARIES.stanza}">]><message>&e;</message>` },
    ]),
    { ...input, extra: CANARIES.nick },
    { ...input, [`<${CANARIES.nick}>`]: 1 },
    Object.fromEntries(Object.keys(input).map((name) => [name, { [name]: CANARIES.nick }])),
    CANARIES.nick,
    [CANARIES.stanza],
  ];
}

let world: World;
beforeAll(async () => {
  world = await startFaultyWorld(await startEmbeddedEjabberd('24.12'));
  for (const { name } of catalogue) for (const user of usersOf(name)) await world.server.register(user);
});
afterAll(() => world.stop());

/** Starts a function with its log as loud as it gets; the settings may be wrong. */
function start(method: string, settings: Readonly<Record<string, string>>): ProbedSandbox {
  return new ProbedSandbox({
    ...bundleOf(world.bundles, method),
    name: method,
    environment: {
      ...world.settings(),
      EJABBERD_TIMEOUT_MS: '400',
      EJABBERD_MAX_RESPONSE_BYTES: '65536',
      AWS_LAMBDA_LOG_LEVEL: 'TRACE',
      NODE_DEBUG: 'http,net,tls,https',
      ...settings,
    },
  });
}

it.concurrent.each(catalogue.map(({ name }) => name))(
  '%s never writes a secret to its log or answers, with any event source, fault or input',
  { timeout: 120_000 },
  async (method) => {
    const proxy = await FaultProxy.start({ target: world.server.url });
    const sandbox = start(method, { EJABBERD_URL: proxy.url });
    const said: string[] = [];
    const errors = new Set<string>();
    const tell = async (event: unknown) => {
      const outcome = await sandbox.invoke(event);
      said.push(outcome.kind === 'error' ? JSON.stringify(outcome) : outcome.body.toString());
      return outcome;
    };
    try {
      for (const input of inputsOf(method)) for (const { event } of entrances) await tell(event(input));
      for (const [index, fault] of faults.entries()) {
        // Each fault comes by one door, and each door has many faults.
        const doors = entrances.filter((_, door) => IS_FULL || door === index % entrances.length);
        for (const { event, seen } of doors) {
          await proxy.interfere(fault);
          errors.add(seen(await tell(event(inputsOf(method)[0]))).error ?? 'none');
          await proxy.heal();
        }
      }
    } finally {
      await sandbox.stop();
      await proxy.stop();
    }
    const output = [...said, ...sandbox.lines].join('\n');
    expect(output).toMatch(/^HTTP \d+: /m);
    expect(canariesIn(output)).toEqual([]);
    expect(sandbox.starts).toBe(1);
    expect(errors.size).toBeGreaterThan(15);
  },
);

it.each([
  ['a secret that is no JSON', { secret: `{"password": ${CANARIES.password}` }, {}],
  ['a secret of another form', { secret: { user: CANARIES.password, pass: CANARIES.password } }, {}],
  ['a URL with a password', {}, { EJABBERD_URL: `http://u:${CANARIES.password}@127.0.0.1/` }],
  ['a malformed URL', {}, { EJABBERD_URL: `${CANARIES.password}://` }],
  ['a malformed certificate', {}, { EJABBERD_CA_PEM: CANARIES.password }],
  ['malformed lists', {}, { EJABBERD_SERVERS: `${CANARIES.nick} x`, EJABBERD_SENDERS: `${CANARIES.nick}@` }],
])('the error about %s does not contain it', async (_, { secret }: { secret?: unknown }, settings) => {
  world.secrets.set('wrong', 'AWSCURRENT', secret ?? {});
  const sandbox = start('get_presence', { EJABBERD_SECRET_ARN: 'wrong', ...settings });
  const outcome = await sandbox.invoke(properInput('get_presence'));
  await sandbox.stop();
  expect(outcome).toMatchObject({
    errorType: expect.stringMatching(/^(?:Configuration|CredentialsUnavailable)Error$/),
  });
  expect(canariesIn(JSON.stringify(outcome) + sandbox.lines.join('\n'))).toEqual([]);
});

it('the log of a defect has its name and place, and not the properties of the Node.js error', async () => {
  const sandbox = start('get_presence', {
    EJABBERD_URL: 'https://127.0.0.1:1/',
    EJABBERD_SECRET_ARN: '',
    FAULTS_DEFECT: CANARIES.password,
  });
  const outcome = await sandbox.invoke(properInput('get_presence'));
  await sandbox.stop();
  expect(outcome).toMatchObject({ errorType: 'UnexpectedError' });
  expect(sandbox.lines.join('\n')).toContain('"frames":[');
  expect(canariesIn(JSON.stringify(outcome) + sandbox.lines.join('\n'))).toEqual([]);
});
