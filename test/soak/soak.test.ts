import { expect, it } from 'vitest';
import { built } from '../support/built.ts';
import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { IS_FULL } from '../support/full.ts';
import { toMarkdown } from './accounting.ts';
import { soak } from './soak.ts';

const RECORDS = 150;

await describeEjabberd('23.01', 'records that are redelivered while ejabberd 23.01 ends and comes back', (root) => {
  // Each run starts ejabberd four times. `npm run soak` has longer runs of both.
  it.each([
    ['come once if there is a table', true],
    ...(IS_FULL ? [['come twice only if that was reported, without a table', false] as const] : []),
  ] as const)('%s', { timeout: 180_000 }, async (_, table) => {
    const accounting = await soak({ root, bundles: built(), records: RECORDS, endings: 2, table });
    console.log(toMarkdown(accounting));
    expect(accounting.violations.join('\n')).toBe('');
    const dead = Object.values(accounting.dead).reduce((sum, count) => sum + count, 0);
    expect(accounting.done + accounting.retried + dead).toBe(RECORDS);
    expect(accounting).toMatchObject({ terminated: 1, killed: 1 });
    expect(accounting.retried).toBeGreaterThan(0);
  });
});
