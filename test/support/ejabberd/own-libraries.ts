import { chmod, open, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { pathIn, pathsIn } from './paths.ts';

const LOADERS = '{lib,usr/lib}/*-linux-*/ld-linux-*.so.*';
const PROGRAMS = 'usr/lib/erlang/{erts-*/bin,lib/*/priv/bin}/*';

/**
 * Lets the programs of an unpacked Erlang run with the C library and loader that were unpacked beside them, on a system
 * with any others: a script in the place of each starts it by that loader. No chroot, no LD_LIBRARY_PATH for what they start in turn.
 */
export async function useOwnLibraries(root: string): Promise<void> {
  const loader = relative(root, await pathIn(root, LOADERS));
  const libraries = new Set([dirname(loader), join('usr/lib', basename(dirname(loader)))]);
  for (const program of await pathsIn(root, PROGRAMS)) {
    const file = join(root, program);
    if (!(await isElf(file))) continue;
    await rename(file, `${file}.elf`);
    const top = `"\${0%/*}"/${relative(dirname(program), '.')}`;
    const path = [...libraries].map((library) => `${top}/${library}`).join(':');
    await writeFile(file, `#!/bin/sh\nexec ${top}/${loader} --library-path ${path} "$0.elf" "$@"\n`);
    await chmod(file, 0o755);
  }
}

async function isElf(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(4) });
    return buffer.equals(Buffer.from('\x7fELF', 'latin1'));
  } finally {
    await file.close();
  }
}
