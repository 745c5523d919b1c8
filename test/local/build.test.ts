import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Built, build } from '../../infra/build.ts';
import { openWorkshop, type Workshop } from './tiny-function.ts';

let workshop: Workshop;
let built: Built;
beforeAll(async () => {
  workshop = await openWorkshop();
  built = await build(join(workshop.folder, 'dist'));
});
afterAll(() => workshop.remove());

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('the build', () => {
  it('makes one function for each method of the catalogue', () => {
    expect(Object.keys(built.functions).sort()).toEqual(catalogue.map(({ name }) => name).sort());
  });

  it('leaves only the layer out of the functions', async () => {
    const required = /\brequire\("([^"]+)"\)/g;
    for (const { folder } of Object.values(built.functions)) {
      const code = await readFile(join(folder, 'index.cjs'), 'utf8');
      expect([...code.matchAll(required)].map(([, name]) => name)).toEqual(['rostbeef-layer']);
    }
  });

  it('puts the layer where Lambda looks for modules', async () => {
    const folder = join(built.layer, 'nodejs/node_modules/rostbeef-layer');
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ name: 'rostbeef-layer', main: 'index.cjs' });
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['dynamodb.cjs', 'index.cjs']));
  });

  it('keeps DynamoDB’s client out of what functions without a table load', async () => {
    const code = await readFile(join(built.layer, 'nodejs/node_modules/rostbeef-layer/index.cjs'), 'utf8');
    expect(code).not.toContain('DynamoDB_20120810');
    expect(code).toContain('require("rostbeef-layer/dynamodb.cjs")');
  });

  it('makes the same files each time, with no path of this machine in them', async () => {
    const again = await build(join(workshop.folder, 'elsewhere'));
    expect(again.files.map(({ path }) => path)).toEqual(built.files.map(({ path }) => path));
    for (const [i, { path, content }] of again.files.entries()) {
      expect(Buffer.compare(Buffer.from(content), Buffer.from(built.files[i]?.content ?? [])), path).toBe(0);
      expect(Buffer.from(content).includes(process.cwd()), path).toBe(false);
    }
  });

  it('writes exactly the files that it returns, even if several builds run at once', async () => {
    const target = join(workshop.folder, 'shared');
    for (const folder of ['functions/gone', 'layer/nodejs/node_modules/rostbeef-layer', 'maps/layer/gone']) {
      await mkdir(join(target, folder), { recursive: true });
      await writeFile(join(target, folder, 'gone.cjs'), '');
    }
    const builds = await Promise.all([build(target), build(target), build(target)]);
    const expected = builds[0].files.map(({ path }) => join(target, path));
    expect((await filesIn(target)).sort()).toEqual(expected.sort());
    for (const { path, content } of builds[0].files) {
      expect(Buffer.compare(await readFile(join(target, path)), Buffer.from(content)), path).toBe(0);
    }
  });
});
