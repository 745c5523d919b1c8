import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../infra/build.ts';
import type { Bundles } from './bundles.ts';

/** A build in a temporary folder. */
export interface TemporaryBuild {
  readonly bundles: Bundles;
  /** Builds again into the same folder. */
  again(): Promise<void>;
  remove(): Promise<void>;
}

/** Builds the functions for one run of tests, or for a command that measures them. */
export async function buildTemporarily(): Promise<TemporaryBuild> {
  const folder = await mkdtemp(join(tmpdir(), 'rostbeef-built-'));
  const { layer, functions, operations } = await build(folder);
  return {
    bundles: { layer, functions, operations },
    again: async () => void (await build(folder)),
    remove: () => rm(folder, { recursive: true }),
  };
}
