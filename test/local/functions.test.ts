import { createServer } from 'node:net';
import { catalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../infra/local/listen.ts';
import { built } from '../support/built.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { readThrown } from '../support/thrown-error.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(await startEmbeddedEjabberd('24.12'), built());
});
afterAll(() => world.stop());

/** Invokes a bundled function directly in a fresh process, with settings on top of those that work. */
async function invoke(method: string, event: unknown, settings: Record<string, string> = {}) {
  const log: string[] = [];
  const sandbox = world.start(method, settings, { log: (line) => log.push(line) });
  try {
    const outcome = await sandbox.invoke(event);
    return { ...outcome, lines: log.join('\n') };
  } finally {
    await sandbox.stop();
  }
}

const ghost = { user: 'ghost', server: 'xmpp.test' };

describe.each(catalogue.map(({ name }) => name))('the function %s', (name) => {
  it('answers InvalidInputError to an input that it can not read', async () => {
    expect(await invoke(name, { 'no such': 'member' })).toMatchObject({
      kind: 'error',
      errorType: 'InvalidInputError',
    });
  });
});

describe('a function', () => {
  it('throws at a direct invocation, by the error’s name, with all there is to say in the message', async () => {
    expect(await invoke('get_roster', ghost)).toMatchObject({
      kind: 'error',
      errorType: 'ItemNotFoundError',
      errorMessage: 'No such user: ghost@xmpp.test (404 item-not-found)',
    });
  });

  it.each([
    ['directly', (input: unknown) => input],
    ['by an event', (detail: unknown) => ({ source: 'app', 'detail-type': 'Wanted', detail })],
  ])(
    'throws what it is called with %s with its issues as JSON, which its log line does not repeat',
    async (_, event) => {
      const outcome = await invoke('get_roster', event({ user: 'bob@xmpp.test', server: '' }));
      const { words, structure } = readThrown(outcome.kind === 'error' ? outcome.errorMessage : '');
      expect(outcome).toMatchObject({ errorType: 'JidMalformedError' });
      expect(structure).toEqual({
        issues: [
          { path: 'user', message: expect.any(String) },
          { path: 'server', message: 'must have a domain' },
        ],
      });
      expect(words).toMatch(/; server must have a domain \(400 jid-malformed\)$/);
      const line = outcome.log.find((text) => text.includes('"method":"get_roster"')) ?? '{}';
      expect(JSON.parse(line)).toMatchObject({ error: { message: words } });
    },
  );

  it('has a message that fits the Cause of a Step Functions error, whatever is wrong with its input', async () => {
    const unknown = Array.from({ length: 10_000 }, (_, index) => [`${'x'.repeat(50)}${index}`, index]);
    const outcome = await invoke('link_contacts', { ...Object.fromEntries(unknown), maxResults: 'x' });
    if (outcome.kind !== 'error') throw new Error('it was taken');
    const { errorType, errorMessage, trace } = outcome;
    expect(JSON.stringify({ errorType, errorMessage, trace }).length).toBeLessThan(32_768);
    expect(readThrown(errorMessage).structure).toMatchObject({ issues: { length: 20 }, more: 5 });
  });

  it.each([
    ['a list', []],
    ['a string', 'x'],
    ['an event of S3', { Records: [{ eventSource: 'aws:s3' }] }],
  ])('refuses %s as no event of its own', async (_, event) => {
    expect(await invoke('get_roster', event)).toMatchObject({ errorType: 'UnsupportedEventError' });
  });

  it('tells every wrong setting at once, through the door', async () => {
    const outcome = await invoke('get_roster', ghost, { EJABBERD_URL: '', EJABBERD_TIMEOUT_MS: 'soon' });
    expect(outcome).toMatchObject({ kind: 'error', errorType: 'ConfigurationError' });
    expect(outcome).toHaveProperty(
      'errorMessage',
      expect.stringMatching(/EJABBERD_URL is required.*EJABBERD_TIMEOUT_MS/),
    );
  });

  it('acts for the configured servers and senders only', async () => {
    const settings = { EJABBERD_SERVERS: 'xmpp.test', EJABBERD_SENDERS: 'bot@xmpp.test' };
    const send = (from: string, stanza = '<message/>') =>
      invoke('send_stanza', { from, to: 'bob@xmpp.test', stanza }, settings);
    expect(await invoke('get_roster', { user: 'a', server: 'OTHER.test.' }, settings)).toMatchObject({
      errorType: 'ForbiddenServerError',
    });
    expect(await send('Bot@xmpp.test/here')).toMatchObject({ kind: 'result' });
    expect(await send('alice@xmpp.test')).toMatchObject({ errorType: 'ForbiddenServerError' });
    expect(await send('bot@xmpp.test', '<message from="&#x61;lice@xmpp.test"/>')).toMatchObject({
      errorType: 'ForbiddenServerError',
    });
    expect(await send('bot@xmpp.test', '<message to="bob@other.test"/>')).toMatchObject({
      errorType: 'ForbiddenServerError',
    });
  });

  it('says that ejabberd can not be reached if its port is closed', async () => {
    const closed = createServer();
    const port = await listen(closed, 0, '127.0.0.1');
    await new Promise((resolve) => closed.close(resolve));
    const outcome = await invoke('get_roster', ghost, { EJABBERD_URL: `http://127.0.0.1:${port}/` });
    expect(outcome).toMatchObject({ errorType: 'EjabberdUnreachableError' });
    expect(outcome).toHaveProperty('errorMessage', expect.stringContaining('ECONNREFUSED'));
  });

  it('ends in time if ejabberd never answers, and tells if the call may have been done', async () => {
    const silent = createServer(() => undefined);
    const url = `http://127.0.0.1:${await listen(silent, 0, '127.0.0.1')}/`;
    const settings = { EJABBERD_URL: url, EJABBERD_SECRET_ARN: '', EJABBERD_TIMEOUT_MS: '300' };
    const stanza = { from: 'a@xmpp.test', to: 'b@xmpp.test', stanza: '<message/>' };
    try {
      expect(await invoke('get_presence', ghost, settings)).toMatchObject({ errorType: 'EjabberdTimeoutError' });
      expect(await invoke('send_stanza', stanza, settings)).toMatchObject({ errorType: 'OutcomeUnknownError' });
    } finally {
      silent.close();
    }
  });

  it('fails in seconds if Secrets Manager can not be reached, and names the VPC endpoint', async () => {
    const silent = createServer(() => undefined);
    const url = `http://127.0.0.1:${await listen(silent, 0, '127.0.0.1')}/`;
    try {
      const outcome = await invoke('get_presence', ghost, { AWS_ENDPOINT_URL_SECRETS_MANAGER: url });
      expect(outcome).toMatchObject({ errorType: 'CredentialsUnavailableError' });
      expect(outcome).toHaveProperty('errorMessage', expect.stringMatching(/interface endpoint.*secretsmanager/));
    } finally {
      silent.close();
    }
  });

  it('counts reading the secret into its deadline', async () => {
    const silent = createServer(() => undefined);
    const url = `http://127.0.0.1:${await listen(silent, 0, '127.0.0.1')}/`;
    const settings = { AWS_ENDPOINT_URL_SECRETS_MANAGER: url, EJABBERD_TIMEOUT_MS: '300' };
    try {
      const outcome = await invoke('get_presence', ghost, settings);
      expect(outcome).toMatchObject({ errorType: 'CredentialsUnavailableError' });
      expect(outcome).toHaveProperty('errorMessage', expect.stringMatching(/took too long.*interface endpoint/));
      const { durationMs } = JSON.parse(outcome.lines.split('\n').find((line) => line.startsWith('{')) ?? '');
      expect(durationMs).toBeLessThan(1_500);
    } finally {
      silent.close();
    }
  });

  it('says that AWS credentials are required if its environment has none', async () => {
    const outcome = await invoke('get_roster', ghost, { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    expect(outcome).toMatchObject({ errorType: 'CredentialsUnavailableError' });
    expect(outcome).toHaveProperty('errorMessage', expect.stringContaining('AWS credentials are required'));
  });

  it('writes one line of JSON a call', async () => {
    const { lines } = await invoke('get_resources', ghost);
    const call = lines.split('\n').find((line) => line.startsWith('{'));
    expect(JSON.parse(call ?? '')).toMatchObject({
      level: 'WARN',
      method: 'get_resources',
      door: 'direct',
      outcome: 'ItemNotFoundError',
      requestId: expect.any(String),
      durationMs: expect.any(Number),
    });
  });
});
