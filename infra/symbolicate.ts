/** Replaces positions in the bundled layer by those in its sources: `npm run symbolicate < log.txt`. */
import { readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from './build.ts';
import { runCommand } from './command/command.ts';

/** A position in the layer’s file, in any folder. On Lambda the folder is `/opt`. */
const FRAME = /(\(?)\/\S*?\/nodejs\/node_modules\/rostbeef-layer\/index\.cjs:(\d+):(\d+)/g;

/**
 * Replaces each position in the bundled layer by the position in its source.
 *
 * @param log any text with stack frames
 * @param map the source map of the same commit, which always builds to the same bytes
 * @example
 * withSources('at f (/opt/nodejs/node_modules/rostbeef-layer/index.cjs:3:1234)', map) // 'at f (functions/layer/observability/call-log.ts:12:5)'
 */
export function withSources(log: string, map: SourceMap): string {
  return log.replaceAll(FRAME, (frame, bracket: string, line: string, column: string) => {
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry)) return frame;
    const { originalSource, originalLine, originalColumn } = entry;
    return `${bracket}${originalSource}:${originalLine + 1}:${originalColumn + 1}`;
  });
}

/**
 * Builds the layer of this checkout, and returns its source map.
 *
 * @param outDir the folder to build into, relative to the project; `dist` by default
 */
export async function layerMap(outDir?: string): Promise<SourceMap> {
  const { layer } = await build(outDir);
  const file = join(layer, '../maps/layer/nodejs/node_modules/rostbeef-layer/index.cjs.map');
  return new SourceMap(JSON.parse(await readFile(file, 'utf8')));
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
      console.log(withSources(await text(process.stdin), await layerMap()));
      return undefined;
    },
  );
}
