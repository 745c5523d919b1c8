/** Debian's ejabberd, unpacked into an ignored folder without root and without being installed. */
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { unpackDebianPackages } from './debian.ts';
import { withLock } from './lock.ts';
import { useOwnLibraries } from './own-libraries.ts';

/** The release of Debian that has each release of ejabberd. */
const SUITES = { '23.01': 'bookworm', '24.12': 'trixie' } as const;

/** A release of ejabberd that can be had. 24.02 changed the shape of many answers, so there is one from either side. */
export type Release = keyof typeof SUITES;

/** The folder that it is unpacked in, or why it can't be had on this machine. */
export type Installed = { readonly root: string } | { readonly unavailable: string };

/** The packages of the server and its libraries. Their other dependencies serve an installation only. */
const PACKAGES = /^(?:ejabberd|erlang-.+|lib.+|zlib1g)$/;

const CACHE = resolve(import.meta.dirname, '../../../.cache/ejabberd');

/**
 * The unpacked packages, downloaded at the first call. Several processes may call it at once: one of them does it.
 *
 * @param cache the folder to keep them in
 */
export async function installEjabberd(release: Release = '23.01', cache = CACHE): Promise<Installed> {
  // The name changes with the packages, so that a folder of before is not taken for it.
  const root = join(cache, `${release}-with-sqlite`);
  try {
    if (await exists(root)) return { root };
    await mkdir(cache, { recursive: true });
    await withLock(`${root}.lock`, async () => {
      if (!(await exists(root))) await unpack(SUITES[release], root);
    });
    return { root };
  } catch (error) {
    return { unavailable: `Debian's ejabberd ${release} can't be had: ${reasonOf(error)}` };
  }
}

async function unpack(suite: string, root: string): Promise<void> {
  const unfinished = `${root}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await unpackDebianPackages(suite, ['ejabberd', 'erlang-p1-sqlite3'], PACKAGES, unfinished);
  await useOwnLibraries(unfinished);
  await rename(unfinished, root);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The error of a command, or that there is no such command. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error && error.stderr ? String(error.stderr) : String(error);
  return text.trim().split('\n').slice(-2).join(' ');
}
