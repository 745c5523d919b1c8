import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseOf, ejabberdConfig, type Ports, type Variation } from './config.ts';
import { createDatabase } from './database.ts';
import { pathIn } from './paths.ts';

/** An Erlang VM that runs ejabberd. */
export interface Vm {
  readonly process: ChildProcess;
  readonly ports: Ports;
  /** The output of the process: ejabberd's log, and the errors before the log began. */
  readonly logFile: string;
}

/** Enough for a machine that does other things as well; it takes two seconds on one that does not. */
const START_MS = 90_000;

/**
 * Starts ejabberd on free ports, without Erlang's distribution: no epmd, no node name to clash.
 * When this process ends, however it does, so does the VM, and removes its spool.
 *
 * @param root the folder that its packages are unpacked in
 * @param spool a folder for everything that it writes; what another one left there it goes on with
 * @param variation how its configuration differs
 * @param given the ports, which are free ones otherwise
 * @param attempts how often to try, should somebody else take the ports first
 */
export async function startVm(
  root: string,
  spool: string,
  variation: Variation = {},
  given?: Ports,
  attempts = 5,
): Promise<Vm> {
  const ports = given ?? (await freePorts());
  const text = (await variation.text?.(ports, spool)) ?? ejabberdConfig(ports, spool, variation);
  await writeFile(join(spool, 'ejabberd.yml'), text);
  if (variation.sql) await createDatabase(root, databaseOf(spool));
  const logFile = join(spool, 'console.log');
  const vm = { process: await spawnErlang(root, spool, logFile), ports, logFile };
  const problem = await problemOpening(vm);
  if (problem === undefined) return vm;
  await endVm(vm);
  if (problem.includes('address already in use') && attempts > 1) {
    return startVm(root, spool, variation, given, attempts - 1);
  }
  throw new Error(`ejabberd did not start:\n${problem}`);
}

/** Lets it shut down by itself. */
export async function stopVm({ process }: Vm): Promise<void> {
  process.kill('SIGTERM');
  if (isRunning(process)) await once(process, 'exit');
}

/** Ends it at once, without a chance to write what it has in memory. */
export async function endVm({ process }: Vm): Promise<void> {
  process.kill('SIGKILL');
  if (isRunning(process)) await once(process, 'exit');
}

/** Debian's `erl` goes by a fixed folder, so what that script would start is started here. */
async function spawnErlang(root: string, spool: string, logFile: string): Promise<ChildProcess> {
  const erlang = join(root, 'usr/lib/erlang');
  const programs = await pathIn(erlang, 'erts-*/bin');
  const folder = JSON.stringify(spool);
  // Where it shuts down by itself, reading ends otherwise than by the input's end: the spool stays.
  const end = `file:del_dir_r(${folder}), halt(0, [{flush, false}])`;
  const untilInputEnds = `spawn(fun() -> case io:get_line(user, "") of eof -> ${end}; _ -> ok end end)`;
  const mnesia = JSON.stringify(join(spool, 'mnesia'));
  const log = await open(logFile, 'w');
  const vm = spawn(
    join(programs, 'erlexec'),
    ['+K', 'true', '-noshell', '-mnesia', 'dir', mnesia, '-eval', untilInputEnds, '-s', 'ejabberd'],
    {
      cwd: spool,
      stdio: ['pipe', log.fd, log.fd],
      env: {
        PATH: process.env['PATH'],
        HOME: spool,
        ROOTDIR: erlang,
        BINDIR: programs,
        EMU: 'beam',
        PROGNAME: 'erl',
        ERL_LIBS: await pathIn(root, 'usr/lib/*-linux-*'),
        ERL_CRASH_DUMP: join(spool, 'erl_crash.dump'),
        EJABBERD_CONFIG_PATH: join(spool, 'ejabberd.yml'),
        EJABBERD_LOG_PATH: join(spool, 'ejabberd.log'),
      },
    },
  );
  await once(vm, 'spawn').finally(() => log.close());
  return vm;
}

/** Waits until it listens on its ports. That its own log says so tells it from whoever else may answer there. */
async function problemOpening({ process, ports, logFile }: Vm): Promise<string | undefined> {
  const deadline = performance.now() + START_MS;
  const signs = Object.values(ports).map((port) => ` connections at 127.0.0.1:${port} for `);
  let log = '';
  while (isRunning(process) && performance.now() < deadline) {
    await sleep(50);
    log = await readFile(logFile, 'utf8');
    if (signs.every((sign) => log.includes(sign))) return undefined;
  }
  return log.slice(-4_000);
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Ports that were free a moment ago. */
async function freePorts(): Promise<Ports> {
  const servers = [createServer(), createServer(), createServer()];
  const [c2s = 0, http = 0, harness = 0] = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return { c2s, http, harness };
}
