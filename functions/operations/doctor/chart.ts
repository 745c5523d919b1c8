import { type Deadline, RostbeefError } from 'rostbeef-layer';
import { CHECKS, type CheckName, type Finding, type Report, type Result } from './report.ts';
import { UNSEEN } from './unseen.ts';

/** Collects the findings of one examination. */
export interface Chart {
  /**
   * Runs a check if there is time left. An error of the layer is a failed check. Any other error is a defect, and is thrown.
   *
   * @returns the value for the following checks; `undefined` if they can't be run
   */
  check<T>(name: CheckName, run: () => Promise<Result<T>>): Promise<T | undefined>;
  /**
   * Returns the report.
   *
   * @param reason why the checks without a finding were skipped
   */
  report(server: URL | undefined, reason?: string): Report;
}

/** Opens an empty chart. */
export function openChart(deadline: Deadline): Chart {
  const findings = new Map<CheckName, Finding>();
  return {
    async check(name, run) {
      if (deadline.reason !== undefined) return undefined;
      const { value, ...words } = await run().catch(failureOf);
      findings.set(name, { check: name, outcome: words.fix === undefined ? 'ok' : 'failed', ...words });
      return value;
    },
    report(server, reason = 'not tried, because an earlier check failed') {
      return {
        server: server && server.origin + server.pathname,
        healthy: ![...findings.values()].some(({ outcome }) => outcome === 'failed'),
        unseen: findings.has('permissions') ? UNSEEN : [],
        findings: CHECKS.map((check) => findings.get(check) ?? { check, outcome: 'skipped', found: reason }),
      };
    },
  };
}

/** Makes a finding of an error. The layer's messages hold no secret. */
function failureOf(error: unknown): Result<never> {
  if (!(error instanceof RostbeefError)) throw error;
  return { found: error.message, fix: 'Run the doctor again. If the check still fails, see the log of ejabberd.' };
}
