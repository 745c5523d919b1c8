import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { echo, runCommands } from 'rostbeef-layer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listen } from '../../infra/local/listen.ts';
import { createAuthority } from '../support/certificates.ts';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';

/** The message of a command that fails at this URL, with the port as `<port>`. */
async function messageAt(url: URL, ca?: string): Promise<string> {
  const failing = runCommands({ url, ca, account: undefined, timeoutMs: 5_000 }, (run) => run(echo()));
  const message = await failing.then(() => 'it was answered', String);
  return message.replace(`:${url.port}`, ':<port>');
}

it('the error about a closed port has the host and the port', async () => {
  const server = createServer();
  const port = await listen(server, 0, '127.0.0.1');
  await new Promise((resolve) => server.close(resolve));
  expect(await messageAt(new URL(`http://127.0.0.1:${port}/`))).toBe(
    'EjabberdUnreachableError: ejabberd can not be reached: no connection (ECONNREFUSED), in echothis at ' +
      '127.0.0.1:<port>; check EJABBERD_URL, and that ejabberd runs',
  );
});

it('a redirect is an error, which does not quote its target', async () => {
  const server = createServer((_, response) => response.writeHead(301, { location: 'http://canary/' }).end());
  const port = await listen(server, 0, '127.0.0.1');
  try {
    expect(await messageAt(new URL(`http://127.0.0.1:${port}/`))).toMatch(
      /HTTP status 301, in echothis at 127\.0\.0\.1:<port>; set EJABBERD_URL to the final address/,
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

await describeEjabberd('23.01', 'a call that a real ejabberd does not answer', (root) => {
  const authority = createAuthority('an authority of this test');
  let folder: string;
  let plain: RealEjabberd;
  let secure: RealEjabberd;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rostbeef-call-failure-'));
    const file = join(folder, 'certificate.pem');
    const { certificate, key } = authority.issue('localhost', 60);
    await writeFile(file, certificate + key);
    [plain, secure] = await Promise.all([
      startRealEjabberd(root),
      startRealEjabberd(root, { listener: { tls: true }, lines: `certfiles:\n  - ${file}\n` }),
    ]);
  });
  afterAll(() => Promise.all([plain.stop(), secure.stop(), rm(folder, { recursive: true })]));

  const at = (server: RealEjabberd, change: Partial<URL>) => Object.assign(new URL(server.url), change);

  it('because its path is another has the advice to check the path', async () => {
    expect(await messageAt(at(plain, { pathname: '/elsewhere' }))).toMatch(
      /HTTP status 40\d, in echothis at 127\.0\.0\.1:<port>; check that the path of EJABBERD_URL/,
    );
  });

  it('because its port has no TLS has the advice to use http', async () => {
    expect(await messageAt(at(plain, { protocol: 'https:' }))).toMatch(
      /^EjabberdUnreachableError: .* at 127\.0\.0\.1:<port>; if this port has no TLS, EJABBERD_URL must begin with http:/,
    );
  });

  it('because its port has TLS has the advice to check that', async () => {
    expect(await messageAt(at(secure, { protocol: 'http:' }))).toMatch(
      /^ConnectionLostError: .* at 127\.0\.0\.1:<port>; if every call ends so, check that the port has no TLS .*https:/,
    );
  });

  it('because its authority is not known has the advice to set it', async () => {
    const url = at(secure, { protocol: 'https:', hostname: 'localhost' });
    expect(await messageAt(url)).toMatch(/ at localhost:<port>; set EJABBERD_CA_PEM to/);
    expect(await messageAt(url, authority.certificate)).toBe('it was answered');
  });

  it('because its certificate has another host name has the advice to use that name', async () => {
    const url = at(secure, { protocol: 'https:' });
    expect(await messageAt(url, authority.certificate)).toMatch(
      /ERR_TLS_CERT_ALTNAME_INVALID.* at 127\.0\.0\.1:<port>; EJABBERD_URL must have a host name that its certificate has/,
    );
  });
});
