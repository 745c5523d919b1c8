import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCatalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import type { World } from '../support/world.ts';
import { CANARIES, canariesIn } from './canaries.ts';
import { catalogueOfFaults } from './catalogue.ts';
import { COLUMNS } from './fault.ts';
import { ALLOWED_EXCESS_MS, type Played, play, TIMEOUT_MS } from './matrix.ts';
import { summaryOf } from './summary.ts';
import { documentOf, rowsOf } from './table.ts';
import { startFaultyWorld } from './world.ts';

const matrixPath = resolve(import.meta.dirname, 'matrix.md');
const summaryPath = resolve(import.meta.dirname, '../../docs/faults.md');
let world: World;
let played: Played;

beforeAll(async () => {
  world = await startFaultyWorld(await startEmbeddedEjabberd('24.12'));
  played = await play(world, catalogueOfFaults);
  if (process.env['FAULTS_UPDATE']) {
    const matrix = documentOf(catalogueOfFaults, played.cells);
    await writeFile(matrixPath, matrix);
    await writeFile(summaryPath, summaryOf(catalogueOfFaults, rowsOf(matrix)));
  }
}, 300_000);
afterAll(() => world?.stop());

describe.each(catalogueOfFaults)('$name', (fault) => {
  const cells = () => played.cells.filter((cell) => cell.fault === fault.name);

  it('ends every method in the error of the catalogue', () => {
    const seen = Object.fromEntries(cells().map(({ column, outcome }) => [column, outcome]));
    expect(seen).toEqual(Object.fromEntries(COLUMNS.map((column) => [column, fault.expected(column)])));
  });

  it('lets every call settle once and in time, and leaves no timer, connection or crash', () => {
    const complaints = cells().flatMap((cell) => cell.complaints.map((complaint) => `${cell.column}: ${complaint}`));
    expect(complaints).toEqual([]);
    expect(cells().map(({ settled }) => settled)).toEqual(COLUMNS.map(() => 1));
    expect(Math.max(...cells().map(({ elapsedMs }) => elapsedMs))).toBeLessThan(TIMEOUT_MS + ALLOWED_EXCESS_MS);
  });
});

it('fewer than one call of ten was repeated', () => {
  const again = played.cells.filter((cell) => cell.again > 0);
  expect(again.length).toBeLessThan(played.cells.length / 10);
});

it('every outcome is a success or one of the errors that the documentation lists', () => {
  const known = ['ok', ...errorCatalogue().map(({ name }) => name)];
  const names = new Set(played.cells.map(({ outcome }) => outcome.split(':')[0]));
  expect([...names].filter((name) => !known.includes(name ?? ''))).toEqual([]);
  expect(names).not.toContain('UnexpectedError');
});

it('no log line or error of a function has a secret, stanza, nick or text of the server', () => {
  const output = played.output.join('\n');
  expect(output).toContain('"outcome":"OutcomeUnknownError"');
  expect(canariesIn(output)).toEqual([]);
  expect(canariesIn(JSON.stringify(CANARIES))).toHaveLength(Object.keys(CANARIES).length);
});

it('the table has what was seen, with no cell empty', async () => {
  const documented = rowsOf(await readFile(matrixPath, 'utf8'));
  expect(documented).toEqual(rowsOf(documentOf(catalogueOfFaults, played.cells)));
  expect([...documented.values()].flat().filter((text) => text.trim() === '')).toEqual([]);
});
