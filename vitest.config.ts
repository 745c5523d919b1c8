import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/support/slow-first.ts';

if (!process.version.startsWith('v24.')) {
  throw new Error(`The tests run on Node.js 24, as the functions do; this is ${process.version}. Use "npm test".`);
}

// The tests set what they need: settings of the shell would change their results.
for (const name of Object.keys(process.env)) if (name.startsWith('EJABBERD_')) delete process.env[name];

const UNIT = ['test/*.test.ts', 'test/layer/**/*.test.ts'];
const FAULTS = ['test/faults/**/*.test.ts'];
const FUZZ = ['test/fuzz/**/*.test.ts'];
const INFRA = ['test/infra/**/*.test.ts'];

/** A busy CI machine can be too slow for a test once. A defect fails every time. */
const retry = process.env['CI'] ? 2 : 0;

/** Vitest leaves a core free. Most tests wait for servers in other processes, so each core gets a worker. */
const maxWorkers = Math.max(2, availableParallelism());

const project = (name: string, include: string[], exclude: string[] = []) => ({
  test: { name, include, exclude, maxWorkers, retry, testTimeout: 60_000, hookTimeout: 180_000 },
});

/** Builds the functions once for all tests of a project. */
const withBundles = ({ test }: ReturnType<typeof project>) => ({
  test: { ...test, globalSetup: 'test/support/build-once.ts' },
});

export default defineConfig({
  test: {
    maxWorkers,
    sequence: { sequencer: SlowFirst },
    projects: [
      // Not isolated: the layer is loaded once a worker, because these tests start no process and change no global state.
      { test: { ...project('unit', UNIT).test, isolate: false } },
      // The functions on real and embedded servers, and the local tools.
      withBundles(project('contract', ['test/**/*.test.ts'], [...UNIT, ...FAULTS, ...FUZZ, ...INFRA])),
      withBundles(project('faults', FAULTS)),
      withBundles(project('fuzz', FUZZ)),
      // Not isolated: the CDK is loaded, the functions are built and each configuration is synthesized once a worker.
      { test: { ...project('infra', INFRA).test, isolate: false } },
    ],
  },
});
