/** The ejabberd that benchmarks run on: a real one, or the embedded one where it only matters that they run. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../support/certificates.ts';
import { FUNCTION_COMMANDS } from '../support/ejabberd/config.ts';
import { installEjabberd, type Release } from '../support/ejabberd/install.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import type { XmppServer } from '../support/xmpp-server.ts';
import type { Settings } from './subjects.ts';
import type { Scale } from './table.ts';

/** A running server, and what functions and bare clients need to reach it. */
export interface BenchServer {
  readonly server: XmppServer;
  /** The members that only a real server has. */
  readonly real: RealEjabberd | undefined;
  /** The endpoints by their kind, such as `plain`. */
  readonly endpoints: Readonly<Record<string, { readonly url: URL; readonly ca: string | undefined }>>;
  /** The functions' settings for an endpoint. */
  settingsOf(endpoint: { readonly url: URL; readonly ca: string | undefined }): Settings;
}

/** Runs something on a server of its own. */
export async function onServer<T>(scale: Scale, release: Release, use: (bench: BenchServer) => Promise<T>): Promise<T> {
  const certificate = selfSigned();
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-bench-'));
  const file = join(folder, 'certificate.pem');
  await writeFile(file, certificate.key + certificate.cert);
  const real = scale === 'full' ? await realOne(release, file) : undefined;
  const server = real ?? (await startEmbeddedEjabberd(release));
  const secrets = await startSecretsManager();
  secrets.set('bench', 'AWSCURRENT', server.account);
  // The listener under test has TLS; that of the harness, for the same account, has not.
  const plain = { url: new URL(real?.harnessUrl ?? server.url), ca: undefined };
  const tls = real && { url: new URL(real.url.replace('http:', 'https:')), ca: certificate.cert };
  try {
    return await use({
      server,
      real,
      endpoints: { plain, ...(tls && { tls }) },
      settingsOf: ({ url, ca }) => settings(url, ca, secrets),
    });
  } finally {
    await Promise.all([server.stop(), secrets.stop(), rm(folder, { recursive: true })]);
  }
}

async function realOne(release: Release, certificateFile: string): Promise<RealEjabberd> {
  const installed = await installEjabberd(release);
  if ('unavailable' in installed) throw new Error(installed.unavailable);
  const may = (from: string) => ({ from: [from], who: [{ acl: 'rostbeef' }], what: FUNCTION_COMMANDS });
  return startRealEjabberd(installed.root, {
    listener: { tls: true },
    lines: `certfiles:\n  - ${certificateFile}\n`,
    permissions: { functions: may('ejabberd_xmlrpc'), api: may('mod_http_api') },
  });
}

function settings(url: URL, ca: string | undefined, secrets: SecretsManager): Settings {
  return {
    EJABBERD_URL: url.href,
    EJABBERD_SECRET_ARN: 'bench',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    ...(ca !== undefined && { EJABBERD_CA_PEM: ca }),
  };
}
