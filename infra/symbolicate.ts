/** Replaces positions in the bundled layer by those in its sources: `npm run symbolicate < log.txt`. */
import { readdir, readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from './build.ts';
import { runCommand } from './command/command.ts';

/** The source maps of the layer, by the name of the bundled file, such as `index.cjs`. */
export type LayerMaps = ReadonlyMap<string, SourceMap>;

/** A position in a file of the layer, in any folder. On Lambda the folder is `/opt`. */
const FRAME = /(\(?)\/\S*?\/nodejs\/node_modules\/rostbeef-layer\/([\w-]+\.cjs):(\d+):(\d+)/g;

/**
 * Replaces each position in the bundled layer by the position in its source.
 *
 * @param log any text with stack frames
 * @param maps the source maps of the same commit, which always builds to the same bytes
 * @example
 * withSources('at f (/opt/nodejs/node_modules/rostbeef-layer/index.cjs:3:1234)', maps) // 'at f (functions/layer/observability/call-log.ts:12:5)'
 */
export function withSources(log: string, maps: LayerMaps): string {
  return log.replaceAll(FRAME, (frame, bracket: string, file: string, line: string, column: string) => {
    const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return frame;
    const { originalSource, originalLine, originalColumn } = entry;
    return `${bracket}${originalSource}:${originalLine + 1}:${originalColumn + 1}`;
  });
}

/**
 * Builds the layer of this checkout, and returns its source maps.
 *
 * @param outDir the folder to build into, relative to the project; `dist` by default
 */
export async function layerMaps(outDir?: string): Promise<LayerMaps> {
  const { layer } = await build(outDir);
  const folder = join(layer, '../maps/layer/nodejs/node_modules/rostbeef-layer');
  const files = await readdir(folder);
  const maps = files.map(async (file) => {
    const map = new SourceMap(JSON.parse(await readFile(join(folder, file), 'utf8')));
    return [basename(file, '.map'), map] as const;
  });
  return new Map(await Promise.all(maps));
}

if (import.meta.main) {
  await runCommand(
    {
      name: 'npm run symbolicate',
      summary:
        'Replaces the positions in the bundled layer by those in its sources. Reads log lines or stacks from standard input, ' +
        'and writes them to standard output. The checkout must be the commit that was deployed.',
      options: {},
      example: '< log.json',
    },
    async () => {
      console.log(withSources(await text(process.stdin), await layerMaps()));
      return undefined;
    },
  );
}
