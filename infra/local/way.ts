/** Looks whether the server can be reached, so that `npm start` says at once if it can’t. */
import { Deadline, type Environment, parseConfig } from 'rostbeef-layer';
import { openChart } from '../../functions/operations/doctor/chart.ts';
import { reach } from '../../functions/operations/doctor/examine.ts';

/** Longer than a working server takes to answer. */
const PATIENCE_MS = 5_000;

/**
 * Returns the first problem on the way to the server, in words.
 *
 * @param environment valid settings
 * @returns `undefined` if the endpoint answers
 */
export async function wayProblem(environment: Environment): Promise<string | undefined> {
  const parsed = parseConfig(environment);
  if ('issues' in parsed) return undefined;
  const deadline = new Deadline(PATIENCE_MS);
  try {
    const chart = openChart(deadline);
    if ((await reach(chart, parsed.config, deadline)) !== undefined) return undefined;
    const failed = chart.report(parsed.config.url).findings.find(({ outcome }) => outcome === 'failed');
    const found = failed === undefined ? 'it did not answer in time' : `${failed.check}: ${failed.found}`;
    return `Warning: ${parsed.config.url.host} can’t be used yet: ${found}. For the fix, run npm run doctor.\n`;
  } finally {
    deadline.end();
  }
}
