import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { catalogue } from 'rostbeef-layer';
import { expect, it } from 'vitest';
import { settingsSchema } from '../infra/config/settings.ts';
import { divideConnections } from '../infra/constructs/concurrency.ts';
import { CONNECTIONS_OF_OTHERS } from '../infra/constructs/ejabberd-functions.ts';

/** The keys of the CDK context as the documentation has them. */
function contextTable(): string {
  const rows = Object.entries(settingsSchema.shape).map(([key, schema]) => {
    const { success, data } = schema.safeParse(undefined);
    return `| \`${key}\` | ${schema.description} | ${success && data !== undefined ? `\`${data}\`` : '–'} |`;
  });
  return ['| key | meaning | default |', '|---|---|---|', ...rows].join('\n');
}

/** The part of a page between two comments of that name. */
async function partOf(file: string, name: string): Promise<string | undefined> {
  const page = await readFile(resolve(import.meta.dirname, '../docs', file), 'utf8');
  return new RegExp(`<!-- ${name}:[^>]*-->\\n(.*)\\n<!-- /${name} -->`, 's').exec(page)?.[1];
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

const written = (number: number) => number.toLocaleString('en-US');

it('docs/context.md lists every key of the CDK context, with its default', async () => {
  expect(await partOf('context.md', 'context')).toBe(contextTable());
});

it('docs/costs.md tells the executions that a hung ejabberd takes', async () => {
  const deadlines = [3000, Number(settingsSchema.shape.ejabberdTimeoutMs.parse(undefined)), 25_000];
  const rates = [1, 10, 50, Number(settingsSchema.shape.apiRateLimit.parse(undefined)), 500];
  const rows = rates.map((rate) => [String(rate), ...deadlines.map((ms) => written((rate * ms) / 1000))]);
  const head = ['calls a second', ...deadlines.map((ms) => `\`ejabberdTimeoutMs=${ms}\``)];
  expect(await partOf('costs.md', 'hung')).toBe(markdown(head, rows));
});

it('docs/costs.md tells the executions that maxConcurrency leaves', async () => {
  const rows = [9, 30, 100, 300, 1000].map((most) => {
    const { reservedConcurrency } = divideConnections(most, catalogue.length, CONNECTIONS_OF_OTHERS);
    return [most, reservedConcurrency, reservedConcurrency * catalogue.length].map(written);
  });
  const head = ['`maxConcurrency`', 'reserved for each function', 'executions of all seven'];
  expect(await partOf('costs.md', 'reserved')).toBe(markdown(head, rows));
});
