/**
 * The benchmarks: `npm run bench` runs all, `npm run bench -- decode encode` some. Prints one table of every figure with
 * its target. With `--save`, the curves go into `docs/figures`, and the table into `docs/performance.md`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { runCommand } from '../../infra/command/command.ts';
import { UsageError } from '../../infra/command/errors.ts';
import { saveFindings } from './save.ts';
import { type Bench, type Findings, type Scale, tableOf } from './table.ts';

/** All of them, in the order of the table; each is loaded when it runs, for one's heap is another's noise. */
export const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  decode: () => import('./decode.ts'),
  produce: () => import('./produce.ts'),
  encode: () => import('./encode.ts'),
  warm: () => import('./warm.ts'),
  presence: () => import('./presence.ts'),
  batch: () => import('./batch.ts'),
  cold: () => import('./cold.ts'),
  hostile: () => import('./hostile.ts'),
  idempotency: () => import('./idempotency.ts'),
  peers: () => import('./peers.ts'),
  client: () => import('./client.ts'),
  scale: () => import('./scale.ts'),
};

/** Runs one by its name. */
export async function runBench(name: string, scale: Scale): Promise<Findings> {
  const load = BENCHES[name];
  if (load === undefined) throw new Error(`no benchmark ${name}; there are ${Object.keys(BENCHES).join(', ')}`);
  return (await load()).bench.run(scale);
}

/** Runs one in a process of its own: what the one before left on the heap would slow it down. */
async function runApart(name: string, scale: Scale): Promise<Findings> {
  // A benchmark sets what it needs: settings of the shell would change its figures.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('EJABBERD_')));
  const child = fork(import.meta.filename, [APART, name, scale], { env });
  const ended = once(child, 'exit').then(() => undefined);
  const findings: Findings | undefined = await Promise.race([once(child, 'message').then(([found]) => found), ended]);
  await ended;
  if (findings === undefined) throw new Error(`the benchmark ${name} failed`);
  return findings;
}

const APART = '--apart';

/** @param wanted the names of the benchmarks; all of them if there is no name */
async function runAll(wanted: readonly string[], scale: Scale, save: boolean): Promise<undefined> {
  const unknown = wanted.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    throw new UsageError(`${unknown} is not a benchmark; expected ${Object.keys(BENCHES).join(', ')}.`);
  }
  const found: [string, Findings][] = [];
  for (const each of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
    console.error(`${each} …`);
    found.push([each, await runApart(each, scale)]);
  }
  console.log(tableOf(found));
  if (save) await saveFindings(found);
  return undefined;
}

if (import.meta.main) {
  const [first, name = '', scale] = process.argv.slice(2);
  if (first === APART) {
    process.send?.(await runBench(name, scale === 'tiny' ? 'tiny' : 'full'));
    process.disconnect();
  } else {
    await runCommand(
      {
        name: 'npm run bench',
        summary: 'Runs the benchmarks, and prints each figure with its target. Needs a machine without other work.',
        argument: { name: 'name', many: true, help: `${Object.keys(BENCHES).join(', ')} (default: all)` },
        options: {
          save: { type: 'boolean', help: 'write the tables into docs/performance.md and the curves into docs/figures' },
          tiny: { type: 'boolean', help: 'run each with as little as possible, to see that it works' },
        },
        example: 'warm cold --save',
      },
      ({ positionals, values: { save = false, tiny = false } }) => runAll(positionals, tiny ? 'tiny' : 'full', save),
    );
  }
}
