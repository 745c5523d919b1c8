import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Runs `apt-get` with these arguments; resolves to what it prints. */
export type Apt = (...args: string[]) => Promise<string>;

/** Where an apt finds packages, as apt.conf(5) settings below `Dir::Etc`. */
export type Sources = Readonly<Record<string, string>>;

/** The machine's own sources and keys. */
export const MACHINE_SOURCES: Sources = {
  sourcelist: '/etc/apt/sources.list',
  sourceparts: '/etc/apt/sources.list.d/',
  trusted: '/etc/apt/trusted.gpg',
  trustedparts: '/etc/apt/trusted.gpg.d/',
};

/**
 * An apt of one's own in an empty folder, whose package lists are fresh.
 *
 * It takes no lock, needs no root, runs none of the machine's hooks, and believes that nothing is installed.
 *
 * @param folder has no space in its path
 */
export async function privateApt(folder: string, sources: Sources): Promise<Apt> {
  for (const name of ['etc/apt.conf.d', 'etc/preferences.d', 'state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await writeFile(join(folder, 'status'), '');
  const settings = {
    'Dir::Etc': join(folder, 'etc'),
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    ...Object.fromEntries(Object.entries(sources).map(([name, value]) => [`Dir::Etc::${name}`, value])),
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
    // Without it, an update that reached no server is a success.
    'APT::Update::Error-Mode': 'any',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    'Debug::NoLocking': 'true',
  };
  const config = join(folder, 'apt.conf');
  await writeFile(
    config,
    Object.entries(settings)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(''),
  );

  const apt: Apt = async (...args) => {
    const options = { cwd: folder, env: { ...process.env, APT_CONFIG: config, LC_ALL: 'C' }, maxBuffer: 2 ** 26 };
    const { stdout } = await promisify(execFile)('apt-get', ['--quiet=2', ...args], options);
    return stdout;
  };
  await apt('update');
  return apt;
}
