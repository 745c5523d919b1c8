/** The `globalSetup` of the projects whose tests run bundled functions: builds these once for all tests. */
import type { TestProject } from 'vitest/node';
import type { Bundles } from './bundles.ts';
import { buildTemporarily, type TemporaryBuild } from './temporary-build.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly bundles: Bundles;
  }
}

const builds: TemporaryBuild[] = [];

export async function setup(project: TestProject): Promise<void> {
  const build = await buildTemporarily();
  builds.push(build);
  project.provide('bundles', build.bundles);
  project.onTestsRerun(build.again);
}

export async function teardown(): Promise<void> {
  await Promise.all(builds.splice(0).map((build) => build.remove()));
}
