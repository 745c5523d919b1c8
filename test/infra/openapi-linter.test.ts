import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { openApi } from '../../infra/openapi.ts';

const redocly = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js');

it('the OpenAPI document passes the strict rules of a linter', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-openapi-'));
  try {
    const file = join(folder, 'openapi.json');
    await writeFile(file, JSON.stringify(openApi()));
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const lint = ['lint', '--extends', 'recommended-strict', '--format', 'json', file];
    const { stdout } = await promisify(execFile)(process.execPath, [redocly, ...lint], { env, cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0 } });
  } finally {
    await rm(folder, { recursive: true });
  }
});
