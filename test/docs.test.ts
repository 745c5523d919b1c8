import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { settingsSchema } from '../infra/config/settings.ts';

/** The keys of the CDK context as the documentation has them. */
function contextTable(): string {
  const rows = Object.entries(settingsSchema.shape).map(([key, schema]) => {
    const { success, data } = schema.safeParse(undefined);
    return `| \`${key}\` | ${schema.description} | ${success && data !== undefined ? `\`${data}\`` : '–'} |`;
  });
  return ['| key | meaning | default |', '|---|---|---|', ...rows].join('\n');
}

it('docs/deploy.md lists every key of the CDK context, with its default', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../docs/deploy.md'), 'utf8');
  const [, table] = /<!-- context:[^>]*-->\n(.*)\n<!-- \/context -->/s.exec(page) ?? [];
  expect(table).toBe(contextTable());
});
