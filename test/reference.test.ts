/** The pages of reference. test/openapi.test.ts holds them to what `npm run generate` writes. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { catalogue, errorCatalogue, problemOf, RostbeefError } from 'rostbeef-layer';
import { expect, it } from 'vitest';
import { ERROR_GUIDE } from '../infra/reference/error-guide.ts';
import { DEFAULTS } from '../infra/reference/methods-page.ts';
import { typeText } from '../infra/reference/type-text.ts';
import { inputName, schemas } from '../infra/schemas.ts';

const read = (page: string) => readFile(resolve(import.meta.dirname, '../docs', page), 'utf8');

it('every error has its entry in the guide, and there is no other', () => {
  expect(Object.keys(ERROR_GUIDE).sort()).toEqual(errorCatalogue().map(({ name }) => name));
});

it('a search for the type of a problem finds the section of its error', async () => {
  const page = await read('errors.md');
  for (const kind of errorCatalogue().filter(({ status }) => status !== undefined)) {
    class Thrown extends RostbeefError {
      static override readonly kind = kind;
    }
    const { type } = problemOf(new Thrown(), 'request');
    const [, section = ''] = page.split(`\n## ${kind.name}\n`);
    expect(section.trimStart()).toMatch(new RegExp(`^\`${type}\`: `));
  }
});

it('the page of methods says of every optional member what its absence means', () => {
  const all = schemas('draft-2020-12');
  const optional = catalogue.flatMap((method) => {
    const { properties, required } = JSON.parse(JSON.stringify(all[inputName(method)]));
    return Object.keys(properties).filter((name) => !required.includes(name));
  });
  expect(Object.keys(DEFAULTS).sort()).toEqual([...new Set(optional)].sort());
});

it('a type is described with its limits', () => {
  expect(typeText({ type: 'string' })).toBe('string');
  expect(typeText({ type: 'integer', minimum: 1, maximum: 1000 })).toBe('integer, 1 to 1000');
  expect(typeText({ enum: ['none', 'both'] })).toBe('`none`, `both`');
  expect(typeText({ type: 'array', items: { type: 'string' } })).toBe('list of strings');
  expect(typeText({ type: 'string', pattern: '^a$' })).toBe('string of the form `^a$`');
});
