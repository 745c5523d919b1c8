/** Measures the cost of an idempotency table for `send_stanza`: in a cold start, and in each warm call. */
import { startKeyedWorld, TABLE } from '../idempotency/fixture.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { buildTemporarily } from '../support/temporary-build.ts';
import { interleaved, median, ratio } from './measure.ts';
import { type Bench, duration, type Figure, shown, times } from './table.ts';

const SIZES = { full: { starts: 15, calls: 200 }, tiny: { starts: 1, calls: 1 } } as const;

export const bench: Bench = {
  name: 'idempotency',
  title: 'A table of idempotency keys',
  async run(scale) {
    const { starts, calls } = SIZES[scale];
    const { bundles, remove } = await buildTemporarily();
    const world = await startKeyedWorld(await startEmbeddedEjabberd('24.12'), bundles);
    try {
      const { input } = await world.receiver();
      let keys = 0;
      const withKey = () => {
        keys += 1;
        return { ...input, idempotencyKey: `bench-${keys}` };
      };
      const plain = world.process({ EJABBERD_IDEMPOTENCY_TABLE: '' });
      const keyed = world.process({ EJABBERD_IDEMPOTENCY_TABLE: TABLE });
      const first = async (table: string, event: object) => {
        const sandbox = world.process({ EJABBERD_IDEMPOTENCY_TABLE: table });
        await sandbox.invoke(event);
        await sandbox.stop();
      };
      const cold = await interleaved(
        { 'with a table': () => first(TABLE, withKey()), 'without one': () => first('', input) },
        { rounds: starts },
      );
      const subjects = { 'with a table': () => keyed.invoke(withKey()), 'without one': () => plain.invoke(input) };
      await interleaved(subjects, { rounds: 1 });
      const warm = await interleaved(subjects, { rounds: calls });
      return { figures: [figureOf('a cold start, its end included,', cold), figureOf('a warm call', warm)] };
    } finally {
      await world.stop();
      await remove();
    }
  },
};

function figureOf(what: string, found: Readonly<Record<'with a table' | 'without one', readonly number[]>>): Figure {
  const [kept, plain] = [found['with a table'], found['without one']];
  const each = `${duration(median(kept))} for ${duration(median(plain))}`;
  return shown(
    `${what} of send_stanza with a table, compared with one without`,
    `${times(ratio(kept, plain))}, ${each}`,
  );
}
