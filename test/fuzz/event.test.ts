import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { catalogue, createHandler, RostbeefError } from 'rostbeef-layer';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { detectSource } from '../../functions/layer/events/detect.ts';
import { canariesIn } from '../faults/canaries.ts';
import { corpusOf } from './corpus.ts';
import { fuzz } from './fuzz.ts';

/** Nothing listens there: what would be sent is an error of its own. */
process.env['EJABBERD_URL'] = 'http://127.0.0.1:1/';

const handlers = catalogue.map(createHandler);
const corpus = corpusOf('event').map((bytes): unknown => JSON.parse(bytes.toString()));

let log: string[] = [];
beforeEach(() => {
  log = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => log.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    '',
    'POST',
    'GET',
    'aws:sqs',
    '2.0',
    '{}',
    '[]',
    '{"user":"a","server":"b"}',

    {},
    [],
    null,
  ),
);

/** The values in a value, by their paths. */
function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? replaced(item, rest, by) : item));
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [key]: replaced(Reflect.get(value, key), rest, by) };
}

/** Events of the corpus of which a few values are others. */
const events = fc
  .record({
    event: fc.constantFrom(...corpus),
    edits: fc.array(fc.record({ at: fc.nat(1_000), by: oddValue }), { maxLength: 3 }),
  })
  .map(({ event, edits }) =>
    edits.reduce<unknown>((altered, { at, by }) => {
      const paths = pathsIn(altered);
      return replaced(altered, paths[at % paths.length] ?? [], by);
    }, event),
  );

const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 30_000 } as Context;
let turn = 0;

fuzz<unknown>({
  name: 'an event is answered by its event source, or refused',
  corpus,
  inputs: fc.oneof({ weight: 5, arbitrary: events }, { weight: 1, arbitrary: fc.jsonValue() }),
  async check(event) {
    turn += 1;
    log = [];
    const handler = handlers[turn % handlers.length];
    const door = detectSource(event);
    const answer = await handler?.(structuredClone(event), context).catch((error: unknown) => {
      expect(error).toBeInstanceOf(RostbeefError);
      return error;
    });
    if (door === 'http')
      expect(answer).toMatchObject({ statusCode: expect.any(Number), body: expect.stringMatching(/^\{.*\}\n$/s) });
    if (door === 'sqs') expect(answer).toMatchObject({ batchItemFailures: expect.any(Array) });
    if (door !== 'http' && door !== 'sqs') expect(answer).toBeInstanceOf(RostbeefError);
    const said = `${JSON.stringify(answer)}${answer instanceof Error ? answer.message : ''}${log.join('')}`;
    // Where a member’s name is unknown, the answer names it.
    expect(canariesIn(said.replaceAll(/canary-nick is not a member|"path":"canary-nick"/g, ''))).toEqual([]);
    expect(said).not.toContain('UnexpectedError');
    expect(said.length).toBeLessThan(200_000);
  },
});
