import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import type { XmppServer } from '../support/xmpp-server.ts';

const script = fileURLToPath(new URL('../../infra/local/doctor.ts', import.meta.url));
const { PATH = '' } = process.env;

let server: XmppServer;
let secrets: SecretsManager;
beforeAll(async () => {
  [server, secrets] = await Promise.all([startEmbeddedEjabberd('23.01'), startSecretsManager()]);
  secrets.set('secret', 'AWSCURRENT', server.account);
  secrets.set('powerless', 'AWSCURRENT', server.powerless);
});
afterAll(() => Promise.all([server.stop(), secrets.stop()]));

interface Ended {
  readonly status: unknown;
  readonly output: string;
  readonly errors: string;
}

function doctor(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const env = {
    PATH,
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...settings,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, output, errors) =>
      resolve({ status: error === null ? 0 : error.code, output, errors }),
    );
  });
}

describe('npm run doctor', () => {
  it('prints a line for each check and ends with 0 if nothing is wrong', async () => {
    const { status, output, errors } = await doctor([], { EJABBERD_URL: server.url, EJABBERD_SECRET_ARN: 'secret' });
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    expect(output.split('\n').filter((line) => line.startsWith('ok '))).toHaveLength(13);
    expect(output).toMatch(/\nNothing is wrong\.\n$/);
    expect(output).toMatch(/^- versioning of mod_roster: /m);
    expect(output).toMatch(/^- connected_users_info: /m);
  });

  it('ends with 1 if something is wrong, and prints lines to copy that fix it', async () => {
    const { status, output } = await doctor([], { EJABBERD_URL: server.url, EJABBERD_SECRET_ARN: 'powerless' });
    expect(status).toBe(1);
    expect(output).toMatch(/^failed {3}permissions {6}ejabberd refuses every command$/m);
    expect(output).toContain('\n\napi_permissions:\n  rostbeef functions:\n    from: ejabberd_xmlrpc\n');
    expect(output).toContain('\n      user: powerless@xmpp.test\n');
    expect(output).toMatch(/\n1 of 13 checks failed\.\n$/);
  });

  it('prints the report as JSON', async () => {
    const { status, output } = await doctor(['--json'], { EJABBERD_URL: server.url, EJABBERD_SECRET_ARN: 'powerless' });
    expect(status).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ server: server.url, healthy: false });
  });

  it('needs no settings to say which are missing', async () => {
    const { status, output } = await doctor([]);
    expect(status).toBe(1);
    expect(output).toMatch(/^failed {3}settings {9}EJABBERD_URL is required/);
    expect(output.match(/^skipped .*$/gm)).toEqual([
      expect.stringMatching(
        /^skipped {2}name resolution, TCP, .*, backlog: not tried, because an earlier check failed$/,
      ),
    ]);
  });

  it('tells every wrong setting at once, and tries nothing else', async () => {
    const { status, output } = await doctor([], {
      EJABBERD_URL: server.url,
      EJABBERD_SERVER: 'canary',
      EJABBERD_SENDERS: '',
      EJABBERD_TIMEOUT_MS: 'canary',
    });
    expect(status).toBe(1);
    const checks = output.split('\n').filter((line) => /^(ok|failed|skipped) /.test(line));
    expect(checks[0]).toMatch(
      /^failed {3}settings .*EJABBERD_SERVER is not a setting; the nearest is EJABBERD_SERVERS.*EJABBERD_TIMEOUT_MS must be.*EJABBERD_SENDERS is set but empty/,
    );
    expect(checks.filter((line) => line.startsWith('ok'))).toEqual([]);
    expect(output).not.toContain('canary');
  });

  it('warns of a name that is no misspelling, and goes on', async () => {
    const settings = { EJABBERD_URL: server.url, EJABBERD_SECRET_ARN: 'secret', EJABBERD_HOME: '/opt/ejabberd' };
    expect(await doctor([], settings)).toMatchObject({
      status: 0,
      errors: 'Warning: EJABBERD_HOME is not a setting and is not passed on.\n',
    });
  });

  it('says in a line what is wrong with how it is called', async () => {
    expect(await doctor(['--jason'])).toEqual({
      status: 2,
      output: '',
      errors: "Unknown option '--jason'. See npm run doctor -- --help.\n",
    });
    expect(await doctor(['--help'])).toMatchObject({ status: 0, output: expect.stringContaining('--json') });
  });
});
