import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { catalogueOfFaults } from './catalogue.ts';
import { COLUMNS } from './fault.ts';
import { summaryOf } from './summary.ts';
import { rowsOf } from './table.ts';

const read = (path: string) => readFile(resolve(import.meta.dirname, path), 'utf8');
const rows = rowsOf(await read('matrix.md'));

it('docs/faults.md sums up the table', async () => {
  expect(await read('../../docs/faults.md')).toBe(summaryOf(catalogueOfFaults, rows));
});

it('docs/faults.md leaves nothing out, because reads, links and unlinks end alike', () => {
  for (const [fault, outcomes] of rows) {
    const of = new Map(COLUMNS.map((column, index) => [column, outcomes[index]]));
    const usual = new Set(
      COLUMNS.filter((column) => column !== 'send_stanza' && !column.includes(', ')).map((column) => of.get(column)),
    );
    expect({ fault, usual: usual.size }).toEqual({ fault, usual: 1 });
    expect({ fault, side: of.get('unlink_contacts, one side') }).toEqual({
      fault,
      side: of.get('link_contacts, one side'),
    });
  }
});

it('docs/faults.md is a page that a person can read', async () => {
  expect(Buffer.byteLength(await read('../../docs/faults.md'))).toBeLessThan(10_000);
});
