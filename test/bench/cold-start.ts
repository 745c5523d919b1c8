/** Cold start: from the process's start to the first answer, of each function beside one that does nothing. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Built, build } from '../../infra/build.ts';
import { type FunctionBundle, Sandbox } from '../../infra/local/sandbox.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';

const ROUNDS = 15;

/** Milliseconds from nothing to the first answer. */
async function coldStart(name: string, bundle: FunctionBundle, environment: Record<string, string>): Promise<number> {
  const sandbox = new Sandbox({ ...bundle, name, environment });
  const start = performance.now();
  const outcome = await sandbox.invoke({ user: 'ghost', server: 'xmpp.test' });
  const duration = performance.now() - start;
  await sandbox.stop();
  if (outcome.kind === 'error' && outcome.errorType.startsWith('Runtime.')) throw new Error(outcome.errorMessage);
  return duration;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function hello(folder: string): Promise<FunctionBundle> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.cjs'), 'exports.handler = async () => ({});');
  return { folder };
}

const folder = await mkdtemp(join(tmpdir(), 'rostbeef-bench-'));
const server = await startEmbeddedEjabberd('24.12');
try {
  const { functions }: Built = await build(join(folder, 'dist'));
  const subjects = { hello: await hello(join(folder, 'hello')), ...functions };
  const times = new Map(Object.keys(subjects).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, bundle] of Object.entries(subjects)) {
      times.get(name)?.push(await coldStart(name, bundle, { EJABBERD_URL: server.url }));
    }
  }
  const base = median(times.get('hello') ?? []);
  for (const [name, list] of times) {
    console.log(
      `${name.padEnd(26)} ${median(list).toFixed(0).padStart(4)} ms  ${(median(list) / base).toFixed(2)} x hello`,
    );
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true });
}
