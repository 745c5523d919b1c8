/** Debian's ejabberd, unpacked into an ignored folder without root and without being installed. */
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where it is, or why it can't be had on this machine. */
export type Installed = { readonly root: string } | { readonly unavailable: string };

const CACHE = resolve(import.meta.dirname, '../../../.cache/ejabberd');

/** What ejabberd needs and not every Debian has; the C library is the machine's own. */
const PACKAGES =
  /^(?:ejabberd|erlang-.+|libltdl7|libodbc2|libyaml-0-2|libexpat1|libssl3|libtinfo6|libstdc\+\+6|zlib1g)$/;

/**
 * The unpacked packages, downloaded at the first call.
 *
 * Several processes may call it at once: each unpacks into a folder of its own, and the first to finish gives it the name.
 */
export async function installEjabberd(): Promise<Installed> {
  const root = join(CACHE, 'root');
  if (await exists(root)) return { root };
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, 'unpack-'));
  try {
    await unpack(work);
    await rename(join(work, 'root'), root);
  } catch (error) {
    if (!(await exists(root))) return { unavailable: `Debian's ejabberd can not be had: ${firstLine(error)}` };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { root };
}

/** With lists, cache and status of its own, apt-get needs neither root nor what the machine has installed. */
async function unpack(work: string): Promise<void> {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'debs', 'root']) {
    await mkdir(join(work, folder), { recursive: true });
  }
  await writeFile(join(work, 'status'), '');
  const options = {
    'Dir::State': work,
    'Dir::State::lists': join(work, 'lists'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': process.getuid?.() === 0 ? 'root' : '',
    'APT::Get::List-Cleanup': '0',
  };
  const apt = (...args: string[]) =>
    run('apt-get', [...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]), ...args], {
      cwd: join(work, 'debs'),
      maxBuffer: 64 * 1024 * 1024,
    });
  await apt('update');
  const plan = await apt('--simulate', 'install', '--no-install-recommends', 'ejabberd');
  const names = [...plan.stdout.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) =>
    name && PACKAGES.test(name) ? [name] : [],
  );
  await apt('download', ...names);
  for (const deb of await readdir(join(work, 'debs'))) {
    await run('dpkg', ['--extract', join(work, 'debs', deb), join(work, 'root')]);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function firstLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error && error.stderr ? String(error.stderr) : String(error);
  return text.trim().split('\n')[0] ?? '';
}
