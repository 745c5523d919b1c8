/** The client on the bundled functions, by HTTP and by direct invocation. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClient, isRostbeefError, METHOD_NAMES, messageStanza, overLambda } from '../../client/src/index.ts';
import { type LocalApi, startLocalApi } from '../support/local-api.ts';
import { runCommand } from './terminal.ts';

let api: LocalApi;
beforeAll(async () => {
  api = await startLocalApi();
});
afterAll(() => api.stop());

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const lambdaClient = (maxAttempts: number) =>
  new LambdaClient({ endpoint: api.url, region: 'eu-west-1', credentials, maxAttempts });
const names = Object.fromEntries(METHOD_NAMES.map((name) => [name, name]));

describe.each([
  ['HTTP', () => createClient(api.url)],
  ['direct invocation', () => createClient(overLambda(lambdaClient(1), names))],
])('by %s', (_, open) => {
  it('every method does its work', async () => {
    const client = open();
    const pair = { jid1: 'alice@example.com', jid2: 'dave@example.com' };
    expect(await client.linkContacts({ ...pair, nick1: 'Alice', nick2: 'Dave' })).toEqual({ code: 0 });
    const jids: string[] = [];
    for await (const { jid } of client.roster({ user: 'alice', server: 'example.com', maxResults: 1 })) jids.push(jid);
    expect(jids).toContain('dave@example.com');
    expect(await client.unlinkContacts(pair)).toEqual({ code: 0 });
    expect(await client.getPresence({ user: 'bob', server: 'example.com' })).toMatchObject({ show: 'dnd' });
    expect(await client.getResources({ user: 'alice', server: 'example.com' })).toEqual({
      resources: ['laptop', 'phone'],
    });
    const shown: string[] = [];
    for await (const { show } of client.rosterWithPresence({ user: 'alice', server: 'example.com' })) shown.push(show);
    expect(shown).toContain('dnd');
    const stanza = messageStanza('Lunch?');
    expect(await client.sendStanza({ from: 'bob@example.com', to: 'alice@example.com', stanza })).toEqual({ code: 0 });
  });

  it('an unknown user is an ItemNotFoundError with code and condition', async () => {
    const error = await open()
      .getPresence({ user: 'ghost', server: 'example.com' })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ItemNotFoundError', code: 404, condition: 'item-not-found' });
    expect(String(error)).not.toContain('{');
  });

  it('bad input comes back with its issues', async () => {
    const error = await open()
      .getPresence({ user: 'bob@example.com', server: '' })
      .catch((thrown: unknown) => thrown);
    expect(
      isRostbeefError(error) && error.name === 'JidMalformedError' && error.issues.map(({ path }) => path),
    ).toEqual(['user', 'server']);
  });
});

describe('the command line with --lambda', () => {
  beforeAll(() => {
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', api.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it.each([['{method}'], ['get_presence=get_presence,get_roster=get_roster']])(
    '%s invokes the functions',
    async (names) => {
      const ran = await runCommand(['presence', 'bob@example.com', '--lambda', names, '--region', 'eu-west-1']);
      expect(ran).toMatchObject({ code: 0, err: '' });
      expect(JSON.parse(ran.out)).toMatchObject({ show: 'dnd' });
    },
  );

  it('tells which function has no name', async () => {
    const ran = await runCommand([
      'resources',
      'bob@example.com',
      '--lambda',
      'get_presence=x',
      '--region',
      'eu-west-1',
    ]);
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(
      /^RouteNotFoundError: expected the name of the function get_resources\nWhat to do: .*--lambda/,
    );
  });
});

describe('by direct invocation', () => {
  const stanza = { from: 'bob@example.com', to: 'alice@example.com', stanza: messageStanza('x') };

  it('a stanza without a key is not sent by an SDK client that repeats', async () => {
    const client = createClient(overLambda(lambdaClient(3), names));
    await expect(client.sendStanza(stanza)).rejects.toThrow('maxAttempts: 1');
  });

  it('a function without a name is told', async () => {
    const client = createClient(overLambda(lambdaClient(1), {}));
    await expect(client.sendStanza(stanza)).rejects.toThrow('the name of the function send_stanza');
  });

  it('a function that does not exist is a RouteNotFoundError', async () => {
    const client = createClient(overLambda(lambdaClient(1), { send_stanza: 'nowhere' }));
    await expect(client.sendStanza(stanza)).rejects.toMatchObject({ name: 'RouteNotFoundError' });
  });
});
