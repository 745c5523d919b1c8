/**
 * The benchmarks: `npm run bench` runs all, `npm run bench -- decode encode` some. Prints one table of every figure with
 * its target. With `--save`, the curves go into `docs/figures`, and the table into `docs/performance.md`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
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

async function main(args: readonly string[]): Promise<void> {
  const [first, name = '', scale] = args;
  if (first === APART) {
    process.send?.(await runBench(name, scale === 'tiny' ? 'tiny' : 'full'));
    process.disconnect();
    return;
  }
  const wanted = args.filter((argument) => !argument.startsWith('--'));
  const found: [string, Findings][] = [];
  for (const each of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
    console.error(`${each} …`);
    found.push([each, await runApart(each, args.includes('--tiny') ? 'tiny' : 'full')]);
  }
  console.log(tableOf(found));
  if (args.includes('--save')) await saveFindings(found);
}

if (import.meta.main) await main(process.argv.slice(2));
