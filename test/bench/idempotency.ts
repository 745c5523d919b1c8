/** What an idempotency table costs `send_stanza`: from the process's start to the first answer, and each call after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorld } from '../idempotency/world.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';

const ROUNDS = 15;
const CALLS = 200;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

const world = await startWorld(await startEmbeddedEjabberd('24.12'));
try {
  const { input } = await world.receiver();
  const kinds = { 'without a table': '', 'with a table': 'rostbeef-keys' };
  const cold = new Map<string, number[]>();
  const warm = new Map<string, number[]>();
  let keys = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [kind, EJABBERD_IDEMPOTENCY_TABLE] of Object.entries(kinds)) {
      const sandbox = world.process({ EJABBERD_IDEMPOTENCY_TABLE });
      const next = () => {
        keys += 1;
        return EJABBERD_IDEMPOTENCY_TABLE === '' ? input : { ...input, idempotencyKey: `bench-${keys}` };
      };
      const first = await timed(() => sandbox.invoke(next()));
      cold.set(kind, [...(cold.get(kind) ?? []), first]);
      if (round === 0) {
        const times: number[] = [];
        for (let call = 0; call < CALLS; call += 1) times.push(await timed(() => sandbox.invoke(next())));
        warm.set(kind, times);
      }
      await sandbox.stop();
      await sleep(50);
    }
  }
  for (const kind of Object.keys(kinds)) {
    const [first, later] = [median(cold.get(kind) ?? []), median(warm.get(kind) ?? [])];
    console.log(`${kind.padEnd(16)} cold ${first.toFixed(0).padStart(4)} ms   warm ${later.toFixed(1).padStart(5)} ms`);
  }
} finally {
  await world.stop();
}
