import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import type { Exchange } from '../support/fault-proxy.ts';
import type { World } from '../support/world.ts';
import { openColumns } from './columns.ts';
import { COLUMNS, lost } from './fault.ts';
import { nameOf, nextCall, openSetting, type Setting, warmUp } from './matrix.ts';
import { startFaultyWorld } from './world.ts';

/** How the connection ends after the part; a reset after each byte as well where `FAULTS_ALL` is set. */
const ENDS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  closed: ({ socket }) => void socket.end(),
  ...(process.env['FAULTS_ALL'] && { reset: ({ reset }: Exchange) => reset() }),
};

/** No call here is to run out of time, on a busy machine either. */
const UNHURRIED_MS = 10_000;

const METHODS = COLUMNS.filter((column) => !column.includes(', '));

let world: World;
let settings: readonly Setting[];

beforeAll(async () => {
  world = await startFaultyWorld(await startEmbeddedEjabberd('24.12'));
  const columns = await openColumns(world.server);
  settings = await Promise.all(columns.map((column) => openSetting(world, column, 'plain', UNHURRIED_MS)));
  await Promise.all(settings.map(warmUp));
});
afterAll(async () => {
  await Promise.all(settings.map((setting) => setting.close()));
  await world.stop();
});

/** Ends each answer after so many bytes, from none to all but one; resolves to what the calls ended in. */
async function cutEverywhere(setting: Setting, end: (exchange: Exchange) => void) {
  const { proxy, sandbox, column } = setting;
  const outcomes = new Set<string>();
  let shortest = Number.POSITIVE_INFINITY;
  let length = 0;
  await proxy.interfere({
    play: async (exchange) => {
      const response = await exchange.forward();
      shortest = Math.min(shortest, response.length);
      exchange.socket.write(response.subarray(0, length), () => end(exchange));
    },
  });
  await column.prepare();
  for (; length < shortest; length++) outcomes.add(nameOf(await sandbox.invoke(column.input())));
  await proxy.heal();
  const complaints = column.method === 'send_stanza' ? [] : await nextCall(setting);
  return { outcomes: [...outcomes], tried: length, complaints };
}

it.each(Object.entries(ENDS))('an answer %s after any byte is an error', { timeout: 300_000 }, async (_, end) => {
  const cut = await Promise.all(
    settings
      .filter(({ column: { name } }) => METHODS.includes(name))
      .map(async (setting) => [setting.column, await cutEverywhere(setting, end)] as const),
  );
  for (const [column, { outcomes, tried, complaints }] of cut) {
    expect({ [column.name]: outcomes, complaints }).toEqual({ [column.name]: [lost(column.name)], complaints: [] });
    expect(tried).toBeGreaterThan(100);
  }
});
