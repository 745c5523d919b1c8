import { type Deadline, RostbeefError } from 'rostbeef-layer';
import { CHECKS, type CheckName, type Finding, type Report, type Result } from './report.ts';

/** Where the findings of one examination are written down, in whatever order the checks end. */
export interface Chart {
  /**
   * Carries out a check, if there is time left. An error of the layer is a failed check; any other is a defect, and is
   * thrown.
   *
   * @returns the value for the checks that come after it; `undefined` where they can't be tried
   */
  check<T>(name: CheckName, run: () => Promise<Result<T>>): Promise<T | undefined>;
  /**
   * The report.
   *
   * @param reason why what has no finding was skipped
   */
  report(server: URL | undefined, reason?: string): Report;
}

/** Opens an empty chart. */
export function openChart({ signal }: Deadline): Chart {
  const findings = new Map<CheckName, Finding>();
  return {
    async check(name, run) {
      if (signal.aborted) return undefined;
      const { value, ...words } = await run().catch(failureOf);
      findings.set(name, { check: name, outcome: words.mend === undefined ? 'ok' : 'failed', ...words });
      return value;
    },
    report(server, reason = 'not tried, since an earlier check failed') {
      return {
        server: server && server.origin + server.pathname,
        healthy: ![...findings.values()].some(({ outcome }) => outcome === 'failed'),
        findings: CHECKS.map((check) => findings.get(check) ?? { check, outcome: 'skipped', found: reason }),
      };
    },
  };
}

/** The layer's messages are made to be shown. */
function failureOf(error: unknown): Result<never> {
  if (!(error instanceof RostbeefError)) throw error;
  return { found: error.message, mend: 'Run it again; if it stays so, the log of ejabberd tells more.' };
}
