/** Runs operations, several at a time. */
import type { Row } from './rows.ts';

/** How rows are run. */
export interface RunOptions {
  readonly concurrency: number;
  /** Ends the run: no further row is begun, and those at work are waited for. */
  readonly stop: AbortSignal;
  /** Does one row. It rejects only if the whole run is to end. */
  readonly work: (row: Row) => Promise<void>;
}

/**
 * Runs rows in their order, several at a time. Rows about the same two users run one after another.
 *
 * @throws what `work` rejected with first, when all that was at work has ended
 */
export async function runRows(rows: AsyncIterator<Row>, { concurrency, stop, work }: RunOptions): Promise<void> {
  const lastOf = new Map<string, Promise<void>>();
  const failed = new AbortController();
  const inOrder = async (row: Row): Promise<void> => {
    const pair = pairOf(row);
    const before = lastOf.get(pair);
    const own = (async () => {
      await before?.catch(() => undefined);
      if (!stop.aborted && !failed.signal.aborted) await work(row);
    })();
    lastOf.set(pair, own);
    try {
      await own;
    } finally {
      if (lastOf.get(pair) === own) lastOf.delete(pair);
    }
  };
  const worker = async (): Promise<void> => {
    while (!stop.aborted && !failed.signal.aborted) {
      const { done, value } = await rows.next();
      if (done) return;
      try {
        await inOrder(value);
      } catch (error) {
        failed.abort();
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  await rows.return?.();
  for (const result of ended) if (result.status === 'rejected') throw result.reason;
}

/** The two users of a row, whatever their order. */
function pairOf({ input: { jid1, jid2, from, to } }: Row): string {
  return [jid1 ?? from ?? '', jid2 ?? to ?? '']
    .map((jid) => jid.toLowerCase().replace(/\/.*$/, ''))
    .sort()
    .join('\n');
}
