import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { layerMap, withSources } from '../../infra/symbolicate.ts';
import { openWorkshop, type Workshop } from './tiny-function.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.remove());

it('a frame in the bundled layer is found in its source', async () => {
  const out = join(workshop.folder, 'dist');
  const map = await layerMap(out);
  const bundle = await readFile(join(out, 'layer/nodejs/node_modules/rostbeef-layer/index.cjs'), 'utf8');
  // Words that only one source file has.
  const words = 'the input names a server';
  const before = bundle.slice(0, bundle.toLowerCase().indexOf(words)).split('\n');
  const position = `${before.length}:${(before.at(-1) ?? '').length + 1}`;
  const frame = `at f (/opt/nodejs/node_modules/rostbeef-layer/index.cjs:${position})`;
  const [, file = '', line = ''] = /at f \((functions\/layer\/\S+):(\d+):\d+\)/.exec(withSources(frame, map)) ?? [];
  expect(file).toBe('functions/layer/errors/caller-errors.ts');
  const source = await readFile(resolve(import.meta.dirname, '../..', file), 'utf8');
  expect(source.split('\n')[Number(line) - 1]?.toLowerCase()).toContain(words);
});
