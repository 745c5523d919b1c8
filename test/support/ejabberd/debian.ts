import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Apt, MACHINE_SOURCES, privateApt } from './apt.ts';

const MIRROR = 'http://deb.debian.org/debian';

/** The newer releases of the package have the second name, and the first as a link to it. */
const KEYRINGS = ['usr/share/keyrings/debian-archive-keyring.gpg', 'usr/share/keyrings/debian-archive-keyring.pgp'];

/**
 * Unpacks packages of Debian, with those that they depend on, into a folder. Nothing of it is installed or run.
 *
 * @param suite Debian's name for a release, such as `bookworm`
 * @param packageNames the packages
 * @param wanted tells by name which of these and their dependencies are unpacked
 */
export async function unpackDebianPackages(
  suite: string,
  packageNames: readonly string[],
  wanted: RegExp,
  into: string,
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'debian-'));
  try {
    const keyring = await debianKeyring(work);
    const sources = join(work, 'debian.list');
    await writeFile(sources, `deb [signed-by=${keyring}] ${MIRROR} ${suite} main\n`);
    const apt = await privateApt(join(work, suite), { sourcelist: sources });
    const plan = await apt('--simulate', 'install', ...packageNames);
    const names = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name).filter((name) => wanted.test(name));
    await unpack(apt, join(work, suite), names, into);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Debian's public keys: those on this machine, or else from where it gets its packages (Ubuntu, for one, has them). */
async function debianKeyring(work: string): Promise<string> {
  const installed = await firstOf('/');
  if (installed !== undefined) return installed;
  const folder = join(work, 'machine');
  const root = join(work, 'keyring');
  await unpack(await privateApt(folder, MACHINE_SOURCES), folder, ['debian-archive-keyring'], root);
  const fetched = await firstOf(root);
  if (fetched === undefined) throw new Error("no keyring in this system's package debian-archive-keyring");
  return fetched;
}

async function firstOf(root: string): Promise<string | undefined> {
  for (const path of KEYRINGS.map((keyring) => join(root, keyring))) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

async function unpack(apt: Apt, folder: string, names: readonly string[], into: string): Promise<void> {
  await apt('download', ...names);
  await mkdir(into, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name.endsWith('.deb')) await promisify(execFile)('dpkg', ['--extract', join(folder, name), into]);
  }
}
