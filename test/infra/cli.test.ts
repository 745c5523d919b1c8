import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IS_FULL } from '../support/full.ts';
import { type Context, EVERYTHING } from './synthesize.ts';

const cdk = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rostbeef-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs `cdk synth` as a newcomer would, with no credentials, and nobody to ask for some. */
async function synth(
  context: Context,
): Promise<{ readonly code: number; readonly output: string; readonly out: string }> {
  const out = await mkdtemp(join(folder, 'out-'));
  const args = Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    HOME: folder,
    CI: 'true',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Whatever would go out to the network goes nowhere.
    HTTP_PROXY: 'http://127.0.0.1:1',
    HTTPS_PROXY: 'http://127.0.0.1:1',
  };
  return new Promise((settle) => {
    execFile(
      process.execPath,
      [cdk, 'synth', '--quiet', '--output', out, ...args],
      { cwd: resolve(import.meta.dirname, '../..'), env },
      (error, stdout, stderr) => settle({ code: error ? 1 : 0, output: `${stdout}${stderr}`, out }),
    );
  });
}

describe('npx cdk synth', () => {
  it.each<readonly [string, string, Context]>([
    ['the committed file', 'dev', {}],
    ...(IS_FULL ? [['prod in an existing VPC, with everything', 'prod', EVERYTHING] as const] : []),
  ])(
    'writes the templates of %s, without network or credentials',
    { timeout: 180_000 },
    async (_, environment, context) => {
      const { code, output, out } = await synth(context);
      expect(output).not.toContain('ERROR');
      expect(output.includes('WARNING')).toBe(environment === 'dev');
      expect(code).toBe(0);
      const templates = (await readdir(out)).filter((name) => name.endsWith('.template.json')).sort();
      expect(templates).toEqual(
        ['api', 'events', 'functions', 'monitoring', 'network', 'workflows'].map(
          (part) => `rostbeef-${environment}-${part}.template.json`,
        ),
      );
    },
  );

  it('refuses an environment whose host is still that of the example', { timeout: 180_000 }, async () => {
    const { code, output } = await synth({ environment: 'prod' });
    expect(code).toBe(1);
    expect(output).toContain('  ejabberdUrl: xmpp.example.com is the host of an example');
  });

  it('says what looking up a VPC takes', { timeout: 180_000 }, async () => {
    const { code, output } = await synth({ vpcId: 'vpc-0123456789abcdef0' });
    expect(code).toBe(1);
    expect(output).toContain('  vpcId: looking the VPC up requires AWS credentials');
    expect(output).not.toContain('    at ');
  });

  it('says every problem of the context before anything is made', { timeout: 180_000 }, async () => {
    const { code, output } = await synth({ maxConcurrency: 'many', vpcId: 'mine', retian: true });
    expect(code).toBe(1);
    for (const key of ['maxConcurrency', 'vpcId', 'retian']) expect(output).toContain(`  ${key}: `);
    expect(output).not.toContain('    at ');
  });
});
