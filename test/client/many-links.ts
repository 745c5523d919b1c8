/**
 * Links 20,000 pairs of users by `rostbeef bulk` on a real ejabberd. The run is interrupted by Ctrl-C, killed, and resumed
 * each time. Then every roster is read past the functions. `npm run many-links` runs it; it takes some minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildClient } from '../../client/build.ts';
import { scriptArguments, wholeNumberOr } from '../../infra/command/command.ts';
import { startGateway } from '../../infra/local/gateway.ts';
import { installEjabberd } from '../support/ejabberd/install.ts';
import { startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { buildTemporarily } from '../support/temporary-build.ts';
import { startWorld } from '../support/world.ts';

const { positionals } = scriptArguments({
  name: 'npm run many-links',
  summary: 'Links many users by rostbeef bulk on a real ejabberd. The run is interrupted, killed and resumed.',
  argument: { name: 'users', help: 'the number of users, who get ten links each (default: 2000)' },
  options: {},
  example: '100',
});
const USERS = wholeNumberOr(positionals[0], 'users', 2_000);
/** Every user is linked with so many who come after, and as many before. */
const AFTER = 10;
const total = USERS * AFTER;
if (USERS <= 2 * AFTER) throw new Error(`expected more than ${2 * AFTER} users, so that no pair comes twice`);

const installed = await installEjabberd('24.12');
if ('unavailable' in installed) throw new Error(installed.unavailable);
const folder = await mkdtemp(join(tmpdir(), 'rostbeef-many-'));
const { bundles, remove } = await buildTemporarily();
const server = await startRealEjabberd(installed.root);
const world = await startWorld(server, bundles);
const gateway = await startGateway({ port: 0, functions: bundles.functions, environment: world.settings() });
await buildClient();
const cli = join(import.meta.dirname, '../../client/dist/cli.js');
const csv = join(folder, 'links.csv');
const state = `${csv}.state`;

/** Runs `rostbeef bulk`, and ends it when so many lines are done. */
async function bulk(until: number, signal: NodeJS.Signals | undefined): Promise<void> {
  const args = [cli, 'bulk', csv, '--url', gateway.url, ...((await lines(state)) > 0 ? ['--resume', state] : [])];
  const started = performance.now();
  const before = await lines(state);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const output = text(child.stdout);
  while (signal !== undefined && child.exitCode === null && (await lines(state)) < until) await sleep(100);
  if (signal !== undefined) child.kill(signal);
  const [code, endedBy] = await exit;
  const seconds = (performance.now() - started) / 1_000;
  const after = signal === undefined ? total + 1 : await lines(state);
  const rate = Math.round((after - Math.max(before, 1)) / seconds);
  console.log(`${signal ?? 'to the end'}: exit ${endedBy ?? code}, ${seconds.toFixed(1)} s, ${rate} links/s`);
  console.log((await output).replaceAll(/\s+/g, ' '));
}

/** The lines of a file; 0 if it is not there. */
async function lines(path: string): Promise<number> {
  const content = await readFile(path, 'utf8').catch(() => '');
  return content.split('\n').length - 1;
}

try {
  const name = (index: number) => `user-${index % USERS}`;
  const jid = (index: number) => `${name(index)}@${server.host}`;
  for (let first = 0; first < USERS; first += 20) {
    await Promise.all(
      Array.from({ length: Math.min(20, USERS - first) }, (_, index) => server.register(name(first + index))),
    );
  }
  const rows = Array.from({ length: total }, (_, index) => {
    const [one, other] = [index % USERS, (index % USERS) + 1 + Math.floor(index / USERS)];
    return `${jid(one)},${name(one)},${jid(other)},${name(other)}`;
  });
  await writeFile(csv, `jid1,nick1,jid2,nick2\n${rows.join('\n')}\n`);
  await bulk(total / 3, 'SIGINT');
  await bulk((2 * total) / 3, 'SIGKILL');
  await bulk(total, undefined);

  let entries = 0;
  for (let index = 0; index < USERS; index += 1) {
    const roster = JSON.stringify(await server.command('get_roster', { user: name(index), host: server.host }));
    entries += roster.match(/"both"/g)?.length ?? 0;
  }
  console.log(`${entries} entries with subscription both in ${USERS} rosters; expected ${2 * total}`);
  process.exitCode = entries === 2 * total ? 0 : 1;
} finally {
  await gateway.stop();
  await world.stop();
  await Promise.all([remove(), rm(folder, { recursive: true })]);
}
