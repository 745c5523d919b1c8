import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import { listen } from '../../infra/local/listen.ts';
import { openBlackHole } from '../support/black-hole.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import type { SecretsManager } from '../support/secrets-manager.ts';
import type { XmppServer } from '../support/xmpp-server.ts';
import { checksThat, examined, findingOf, useSecretsManager } from './examination.ts';

const listening = async (server: Server): Promise<number> => {
  const port = await listen(server, 0, '127.0.0.1');
  onTestFinished(() => void server.close());
  return port;
};
const answering = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listening(createHttpServer(listener))}/xmlrpc`;

describe('the doctor, of the settings,', () => {
  it('names every problem, and none of the values', async () => {
    const report = await examined({
      EJABBERD_URL: 'ftp://hidden',
      EJABBERD_TIMEOUT_MS: 'soon',
      EJABBERD_CA_PEM: 'hidden',
    });
    expect(checksThat(report, 'failed')).toEqual(['settings']);
    expect(checksThat(report, 'skipped')).toHaveLength(12);
    const { found } = findingOf(report, 'settings');
    for (const name of ['EJABBERD_URL', 'EJABBERD_TIMEOUT_MS', 'EJABBERD_CA_PEM']) expect(found).toContain(name);
    expect(JSON.stringify(report)).not.toMatch(/hidden|soon/);
  });
});

describe('the doctor, of the network,', () => {
  it('names a host without an address', async () => {
    const report = await examined({ EJABBERD_URL: 'http://no-such-host.invalid:5280/xmlrpc' });
    expect(checksThat(report, 'failed')).toEqual(['name resolution']);
    expect(findingOf(report, 'name resolution').found).toMatch(/^no-such-host\.invalid has no address \(E\w+\)$/);
  });

  it('names a closed port, and prints a whole listener for it', async () => {
    const server = createServer();
    const port = await listen(server, 0, '127.0.0.1');
    await new Promise((resolve) => server.close(resolve));
    const report = await examined({ EJABBERD_URL: `https://127.0.0.1:${port}/rpc` });
    expect(checksThat(report, 'failed')).toEqual(['TCP']);
    expect(findingOf(report, 'TCP')).toMatchObject({
      found: `port ${port} does not accept connections (ECONNREFUSED)`,
      yaml: `listen:
  - port: ${port}
    module: ejabberd_http
    tls: true
    backlog: 1024
    request_handlers:
      /rpc: ejabberd_xmlrpc
`,
    });
  });

  it('gives up a port that drops what comes, at its deadline', async () => {
    const { port, close } = await openBlackHole();
    onTestFinished(close);
    const started = performance.now();
    const report = await examined({ EJABBERD_URL: `http://127.0.0.1:${port}/` }, { deadlineMs: 400 });
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(checksThat(report, 'failed')).toEqual(['TCP']);
    expect(findingOf(report, 'TCP')).toMatchObject({
      found: expect.stringContaining(`port ${port} did not answer within`),
      fix: expect.stringContaining('security groups'),
    });
  });

  it('gives up a server that accepts connections and answers nothing, at the settings’ time-out', async () => {
    const port = await listening(createServer((socket) => socket.on('error', () => {}).resume()));
    const url = `127.0.0.1:${port}/`;
    const report = await examined({ EJABBERD_URL: `http://${url}`, EJABBERD_TIMEOUT_MS: '200' });
    expect(checksThat(report, 'failed')).toEqual(['endpoint']);
    expect(findingOf(report, 'endpoint').found).toBe('there was no answer before the time-out');
    const overTls = await examined({ EJABBERD_URL: `https://${url}` }, { deadlineMs: 300 });
    expect(checksThat(overTls, 'failed')).toEqual(['TLS']);
    expect(findingOf(overTls, 'TLS').found).toMatch(/^the handshake failed \(no answer within \d+ ms\)$/);
  });
});

describe('the doctor, of what answers,', () => {
  it.each([
    ['a page', 200, '<!DOCTYPE html><p>Welcome', /^the answer at \/xmlrpc is not XML-RPC/],
    ['a page that is not found', 404, 'nothing here', /^HTTP status 404 at \/xmlrpc$/],
    ['a proxy without its server', 502, '<h1>Bad Gateway</h1>', /^HTTP status 502 at \/xmlrpc$/],
  ])('tells %s from ejabberd_xmlrpc', async (_, status, body, found) => {
    const url = await answering((_request, response) => response.writeHead(status).end(body));
    const report = await examined({ EJABBERD_URL: url });
    expect(checksThat(report, 'failed')).toEqual(['endpoint']);
    expect(findingOf(report, 'endpoint').found).toMatch(found);
    expect(JSON.stringify(report)).not.toMatch(/Welcome|nothing here|Gateway/);
  });

  it('tells another server that speaks XML-RPC, which is enough for the dialect rostbeef', async () => {
    const fault =
      '<?xml version="1.0"?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1</int></value>' +
      '</member><member><name>faultString</name><value><string>no echo</string></value></member></struct></value></fault></methodResponse>';
    const url = await answering((_request, response) => response.writeHead(200).end(fault));
    const report = await examined({ EJABBERD_URL: url });
    expect(findingOf(report, 'endpoint').found).toBe('XML-RPC is answered at /xmlrpc, but not by ejabberd_xmlrpc');
    expect(JSON.stringify(report)).not.toContain('no echo');
    const classic = await examined({ EJABBERD_URL: url, EJABBERD_DIALECT: 'rostbeef', EJABBERD_SECRET_ARN: 'unread' });
    expect(classic.healthy).toBe(true);
    expect(checksThat(classic, 'ok')).toEqual(['settings', 'name resolution', 'TCP', 'TLS', 'endpoint']);
    expect(findingOf(classic, 'secret').found).toBe('not tried: the dialect rostbeef does not use it');
  });
});

describe('the doctor, of the secret,', () => {
  let server: XmppServer;
  let secrets: SecretsManager;
  beforeAll(async () => {
    [server, secrets] = await Promise.all([startEmbeddedEjabberd('24.12'), useSecretsManager()]);
  });
  afterAll(() => Promise.all([server.stop(), secrets.stop()]));
  const withSecret = () => examined({ EJABBERD_URL: server.url, EJABBERD_SECRET_ARN: 'secret' });

  it('says what the functions say of one that is missing, refused or of the wrong form, and goes on without', async () => {
    const found = async () => {
      const report = await withSecret();
      expect(checksThat(report, 'failed')).toEqual(['secret']);
      expect(checksThat(report, 'skipped')).toEqual([
        'credentials',
        'release',
        'permissions',
        'vhosts',
        'shared rosters',
      ]);
      return findingOf(report, 'secret').found;
    };
    expect(await found()).toContain('EJABBERD_SECRET_ARN names a secret that does not exist');
    secrets.failWith({ status: 400, type: 'AccessDeniedException' });
    expect(await found()).toContain('the function’s role needs secretsmanager:GetSecretValue');
    secrets.failWith(undefined);
    secrets.set('secret', 'AWSCURRENT', { user: 'rostbeef', pass: 'hidden' });
    expect(await found()).toContain('the secret lacks server, password');
  });

  it('is content with the right one', async () => {
    secrets.set('secret', 'AWSCURRENT', server.account);
    expect(await withSecret()).toMatchObject({ healthy: true });
  });

  it('names the address of calls without credentials if ejabberd refuses them', async () => {
    const report = await examined({ EJABBERD_URL: server.url });
    expect(checksThat(report, 'failed')).toEqual(['permissions']);
    expect(findingOf(report, 'secret').found).toBe('none is configured: calls go out without credentials');
    expect(findingOf(report, 'permissions').yaml).toContain('    who:\n      ip: "127.0.0.1"\n');
  });

  it('finds a vhost of EJABBERD_SERVERS that the server spells in A-labels', async () => {
    const idn = await startEmbeddedServer({ release: '24.12', hosts: ['xn--bcher-kva.test'] });
    onTestFinished(idn.stop);
    const report = await examined({ EJABBERD_URL: idn.url, EJABBERD_SERVERS: 'bücher.test' });
    expect(findingOf(report, 'vhosts').found).toBe('the server has all of EJABBERD_SERVERS: bücher.test');
    expect(findingOf(report, 'shared rosters').found).toBe('xn--bcher-kva.test has no groups');
  });
});
