import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../functions/operations/doctor/report.ts';
import { type Authority, createAuthority } from '../support/certificates.ts';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { checksThat, examined, findingOf } from './examination.ts';

await describeEjabberd('23.01', 'the doctor on TLS', (root) => {
  const authority = createAuthority('an authority of this test');
  let folder: string;
  let server: RealEjabberd;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rostbeef-tls-'));
    server = await startWith(authority, 60);
  });
  afterAll(() => Promise.all([server.stop(), rm(folder, { recursive: true })]));

  const startWith = async ({ issue }: Authority, validDays: number): Promise<RealEjabberd> => {
    const { certificate, key } = issue('localhost', validDays);
    const file = join(folder, `${validDays}.pem`);
    await writeFile(file, certificate + key);
    return startRealEjabberd(root, { listener: { tls: true }, lines: `certfiles:\n  - ${file}\n` });
  };
  /** Without a secret: what is found of permissions is another test's. */
  const on = ({ url }: RealEjabberd, { host = 'localhost', ca = authority.certificate } = {}): Promise<Report> =>
    examined({ EJABBERD_URL: url.replace('127.0.0.1', host), EJABBERD_CA_PEM: ca });
  const tlsOf = (report: Report) => findingOf(report, 'TLS');

  it('is content with a certificate of the authority, for the host, that does not end soon', async () => {
    const report = await on(server);
    expect(tlsOf(report).outcome).toBe('ok');
    expect(tlsOf(report).found).toMatch(
      /^TLSv1\.\d, the certificate is trusted, names localhost and ends in (?:59|60) days/,
    );
    expect(findingOf(report, 'endpoint').outcome).toBe('ok');
  });

  it('names an authority that is not trusted, and which setting is for it', async () => {
    const unset = await on(server, { ca: '' });
    expect(checksThat(unset, 'failed')).toEqual(['TLS']);
    expect(tlsOf(unset)).toMatchObject({
      found: 'the certificate is signed by no authority that Node.js trusts (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
      fix: expect.stringContaining('EJABBERD_CA_PEM'),
    });
    const other = await on(server, { ca: createAuthority('another').certificate });
    expect(tlsOf(other).found).toMatch(/^the certificate is not signed by the authority in EJABBERD_CA_PEM/);
  });

  it('names the host that the certificate is for', async () => {
    const report = await on(server, { host: '127.0.0.1' });
    expect(checksThat(report, 'failed')).toEqual(['TLS']);
    expect(tlsOf(report).found).toBe('the certificate is not for 127.0.0.1, but for DNS:localhost');
  });

  it('names all that is wrong with a certificate at once', async () => {
    const { found } = tlsOf(await on(server, { host: '127.0.0.1', ca: '' }));
    expect(found).toContain('signed by no authority');
    expect(found).toContain('not for 127.0.0.1');
  });

  it('asks for https if http meets a listener with TLS', async () => {
    const url = server.url.replace('https:', 'http:');
    const report = await examined({ EJABBERD_URL: url });
    expect(checksThat(report, 'failed')).toEqual(['endpoint']);
    expect(findingOf(report, 'endpoint')).toMatchObject({
      found: 'the connection was closed without an answer',
      fix: expect.stringContaining('EJABBERD_URL must begin with https'),
    });
  });

  it('names a certificate that has expired, and when', async () => {
    const expired = await startWith(authority, -3);
    const report = await on(expired).finally(() => expired.stop());
    expect(checksThat(report, 'failed')).toEqual(['TLS']);
    const day = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
    expect(tlsOf(report).found).toBe(`the certificate expired on ${day}`);
  });

  it('fails a certificate that ends soon, and goes on, because the functions still work', async () => {
    const ending = await startWith(authority, 5);
    const report = await on(ending).finally(() => ending.stop());
    expect(tlsOf(report)).toMatchObject({
      outcome: 'failed',
      found: expect.stringMatching(/ends in [45] days/),
      fix: expect.stringContaining('Renew'),
    });
    expect(findingOf(report, 'endpoint').outcome).toBe('ok');
  });
});
