import { describe, expect, it } from 'vitest';
import { summaryOf } from './summary.ts';
import { type Context, EVERYTHING, templatesOf } from './synthesize.ts';

const deployments: readonly (readonly [string, Context])[] = [
  ['dev', {}],
  ['prod', EVERYTHING],
];

describe('a deployment', () => {
  it.each(deployments)('is, in %s, what was reviewed', async (name, context) => {
    const { network, functions, api, events, workflows, monitoring } = templatesOf(context);
    const stacks = Object.entries({ network, functions, api, events, workflows, monitoring });
    const summary = stacks.map(([part, template]) => summaryOf(part, template)).join('\n\n');
    await expect(`${summary}\n`).toMatchFileSnapshot(`./${name}.summary.md`);
  });
});
