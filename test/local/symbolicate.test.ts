import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { layerMaps, withSources } from '../../infra/symbolicate.ts';
import { openWorkshop, type Workshop } from './tiny-function.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.remove());

// Words that only one source file has.
it.each([
  ['index.cjs', 'the input names a server', 'functions/layer/errors/caller-errors.ts'],
  ['stanza.cjs', 'close each element by a tag of the same name', 'functions/layer/xmpp/stanza.lazy.ts'],
])('a frame in the bundled %s is found in its source', async (name, words, expected) => {
  const out = join(workshop.folder, 'dist');
  const maps = await layerMaps(out);
  const bundle = await readFile(join(out, 'layer/nodejs/node_modules/rostbeef-layer', name), 'utf8');
  const before = bundle.slice(0, bundle.toLowerCase().indexOf(words)).split('\n');
  const position = `${before.length}:${(before.at(-1) ?? '').length + 1}`;
  const frame = `at f (/opt/nodejs/node_modules/rostbeef-layer/${name}:${position})`;
  const [, file = '', line = ''] = /at f \((functions\/layer\/\S+):(\d+):\d+\)/.exec(withSources(frame, maps)) ?? [];
  expect(file).toBe(expected);
  const source = await readFile(resolve(import.meta.dirname, '../..', file), 'utf8');
  expect(source.split('\n')[Number(line) - 1]?.toLowerCase()).toContain(words);
});
